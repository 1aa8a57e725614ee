"""Who acts on tickets and counters."""

import msgspec

from queue_service.platform import errors


class Actor(msgspec.Struct, frozen=True):
    """A key for the timeline, and the user id of a clerk (None for devices)."""

    key: str
    user_id: int | None = None
    any_counter: bool = False
    """A supervisor: may act on a visitor whom another counter has."""

    @property
    def clerk(self) -> int:
        """Return the user id; raises NotPermitted for a device, which sits at no counter."""
        if self.user_id is None:
            raise errors.NotPermitted
        return self.user_id
