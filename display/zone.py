"""Which calls a display says: those of its own part of the house."""

from collections.abc import Sequence

from queue_service.protocol.stream import Call


def in_zone(call: Call, zone: Sequence[str]) -> bool:
    """Tell whether a call leads to a counter of the zone; without a zone every one does."""
    return not zone or call.counter.casefold() in {counter.casefold() for counter in zone}
