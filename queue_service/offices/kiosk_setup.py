"""What an office decides about its touch screens."""

import msgspec

from queue_service.protocol.kiosk_questions import KioskQuestion


class KioskSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How visitors are asked who draw their number themselves."""

    asks: list[KioskQuestion] = []
    """What is asked of everybody, in this order; nothing: the step is left out. Classes are not asked of
    visitors with an appointment, whom they bring no further."""
