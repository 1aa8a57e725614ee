"""Messages between the service, its devices and its screens, and how devices come back to it.

Structs and pure functions only; this package imports nothing but msgspec, so that a
kiosk or a display can be installed without any part of the service.
"""
