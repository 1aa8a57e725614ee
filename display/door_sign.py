"""What the small display at one counter's door says: its name, how it stands, whose turn it is."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from display.call_card import Line
from display.texts import N_, Texts
from queue_service.protocol.languages import in_best_language
from queue_service.protocol.stream import ShownCounter

DoorState = Literal["called", "serving", "free", "paused", "closed", "unknown"]

WORDS: dict[DoorState, str] = {
    "called": N_("Bitte eintreten"),
    "serving": N_("Im Gespräch"),
    "free": N_("Bitte warten Sie auf Ihren Aufruf"),
    "paused": N_("Kurze Pause"),
    "closed": N_("Geschlossen"),
    "unknown": N_("Für diese Anzeige ist kein Schalter gewählt"),
}


class DoorSign(msgspec.Struct, frozen=True):
    """Everything that stands there."""

    state: DoorState
    counter: Line
    number: str
    """Empty while nobody is called or served."""
    words: str


def door_sign(counters: Sequence[ShownCounter], chosen: str | None, texts: Texts, language: str) -> DoorSign:
    """Give the sign of the chosen counter; ``unknown`` for one that the office hasn't got."""
    sign = next((sign for sign in counters if sign.counter == chosen), None)
    if sign is None:
        return DoorSign("unknown", Line("", language), "", texts.say(WORDS["unknown"], language))
    name, name_language = in_best_language(sign.name, language)
    state = _state(sign)
    return DoorSign(
        state, Line(name or sign.counter, name_language), sign.number or "", texts.say(WORDS[state], language)
    )


def _state(sign: ShownCounter) -> DoorState:
    if sign.number:
        return "called" if sign.called else "serving"
    return "free" if sign.state == "open" else sign.state
