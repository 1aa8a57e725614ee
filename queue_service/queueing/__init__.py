"""Tickets, calls, counters: who waits, who is next and why, and for how long."""
