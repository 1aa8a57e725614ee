"""A number that this kiosk gave out by itself while the service was away."""

from queue_service.protocol.device_api import IssuedTicket


class OutageTicketHere(IssuedTicket, frozen=True):
    """As the service would have answered, but nobody knows how many are ahead, or how long it takes."""
