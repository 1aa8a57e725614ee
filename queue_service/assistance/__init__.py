"""Help at a kiosk: a visitor asks for somebody, somebody comes."""
