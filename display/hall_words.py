"""What is shown and said when it concerns the whole hall: a pause, its end, everybody leaves.

Always in German and in English, the house's language first: whoever must leave has to understand it,
whatever language the device is set to.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from display.announcement import Utterance, Wording
from queue_service.protocol.stream import HallState


class HallLine(msgspec.Struct, frozen=True):
    """The same in one language: what is the case, and what to do."""

    lang: str
    title: str
    text: str


class HallSign(msgspec.Struct, frozen=True):
    """What stands on the wall instead of calls (``paused``), or instead of everything (``leave``)."""

    kind: HallState
    lines: list[HallLine]


_SHOWN: Final[Mapping[HallState, Mapping[str, tuple[str, str]]]] = {
    "paused": {
        "de": ("Der Aufruf ist kurz unterbrochen.", "Ihre Nummer bleibt gültig."),
        "en": ("Calls are paused for a short time.", "Your number stays valid."),
    },
    "leave": {
        "de": (
            "Bitte verlassen Sie jetzt das Gebäude.",
            "Folgen Sie dem Personal. Benutzen Sie nicht den Aufzug.",
        ),
        "en": ("Please leave the building now.", "Follow the staff. Do not use the lift."),
    },
}
_SAID_AT_THE_END: Final = {"de": "Der Aufruf geht weiter.", "en": "Calls go on now."}


def hall_sign(hall: HallState, house_language: str) -> HallSign | None:
    """Give what stands on the wall; None while everything is as usual."""
    if hall not in _SHOWN:
        return None
    words = _SHOWN[hall]
    return HallSign(
        hall, [HallLine(language, *words[language]) for language in _in_order(words, house_language)]
    )


def announce_hall(hall: HallState, house_language: str) -> list[Wording]:
    """Give what is said once the hall is so; ``open``: that calls go on."""
    said = {language: " ".join(words) for language, words in _SHOWN.get(hall, {}).items()} or _SAID_AT_THE_END
    return [
        Wording(Utterance(language, said[language]), Utterance(language, said[language]))
        for language in _in_order(said, house_language)
    ]


def _in_order(by_language: Mapping[str, object], house_language: str) -> list[str]:
    return sorted(by_language, key=lambda language: language != house_language)
