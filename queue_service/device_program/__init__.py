"""What kiosk and display do alike as devices: keep their token, ask to be let in, say how they are.

Part of the programs on the devices, not of the service: nothing of it is imported there.
"""
