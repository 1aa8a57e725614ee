"""A working day of an office, played through the public API by visitors, clerks, a kiosk and a display."""
