"""Who of the staff has seen whose contact data."""
