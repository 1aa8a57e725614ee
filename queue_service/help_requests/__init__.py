"""Somebody before a kiosk needs a person: the call to the reception, and its answer."""
