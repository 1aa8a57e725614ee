"""Hours with places for many: planned by the set-up, booked by party, paid on site; the facility card."""
