"""Alarms: a colleague needs help, everybody leaves, the calling pauses."""
