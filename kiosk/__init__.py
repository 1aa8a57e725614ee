"""The touch kiosk: a program on the device that offers services, fetches numbers and prints them."""
