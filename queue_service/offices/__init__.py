"""Authorities, offices, services: what a set-up file says, and when an office is open."""
