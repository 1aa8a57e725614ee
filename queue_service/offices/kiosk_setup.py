"""What an office decides about its touch screens."""

import msgspec

from queue_service.protocol.kiosk_questions import KioskQuestion


class KioskSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How visitors are asked who draw their number themselves."""

    asks: list[KioskQuestion] = []
    """What is asked of everybody without an appointment, in this order; nothing: the step is left out."""
