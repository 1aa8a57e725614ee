"""Places for appointments: staffing, slots, search, booking, and what becomes of a booking."""
