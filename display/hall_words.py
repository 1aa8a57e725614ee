"""What is shown and said when it concerns the whole hall: a pause, its end, everybody leaves.

Always in German and in English, the house's language first: whoever must leave has to understand it,
whatever language the device is set to.
"""

from typing import Final

import msgspec

from display.announcement import NONE_OWN, SENTENCE_END, OwnTexts, Utterance, Wording
from display.vocabulary import VOCABULARIES
from queue_service.protocol.announcing import AnnouncementTexts
from queue_service.protocol.languages import LINGUA_FRANCA, SOURCE_LANGUAGE, base
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


ALWAYS: Final = (SOURCE_LANGUAGE, LINGUA_FRANCA)


def hall_sign(hall: HallState, house_language: str, own: OwnTexts = NONE_OWN) -> HallSign | None:
    """Give what stands on the wall; None while everything is as usual."""
    if hall == "open":
        return None
    return HallSign(
        hall,
        [HallLine(language, *_shown(language, hall, own)) for language in _in_order(house_language)],
    )


def announce_hall(hall: HallState, house_language: str, own: OwnTexts = NONE_OWN) -> list[Wording]:
    """Give what is said once the hall is so; ``open``: that calls go on."""
    said = {language: " ".join(_shown(language, hall, own)).strip() for language in _in_order(house_language)}
    return [
        Wording(Utterance(language, words), Utterance(language, words)) for language, words in said.items()
    ]


def _shown(language: str, hall: HallState, own: OwnTexts) -> tuple[str, str]:
    """What is the case, and what to do; the office's own words are divided after their first sentence."""
    texts, words = own.get(language, AnnouncementTexts()), VOCABULARIES[language]
    match hall:
        case "paused":
            return _divided(texts.paused) if texts.paused else words.paused
        case "leave":
            return _divided(texts.leave) if texts.leave else words.leave
        case "open":
            return texts.resumed or words.resumed, ""


def _divided(text: str) -> tuple[str, str]:
    first, *rest = SENTENCE_END.split(text)
    return first, " ".join(rest)


def _in_order(house_language: str) -> list[str]:
    return list(dict.fromkeys((base(house_language), *ALWAYS)))
