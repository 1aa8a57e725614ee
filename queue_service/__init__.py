"""Appointments and counter queues for public offices: the service."""
