"""How calls stand on the wall: the one in the large place, those in the list, and which is which."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from display.announcement import SPOKEN_LANGUAGES, named_counter
from display.announcer import Announcement, announcement_id
from display.texts import N_, Texts
from queue_service.protocol.languages import base, in_best_language
from queue_service.protocol.stream import Call, DisplaySnapshot, OfficeCard

NEW_FOR_MS = 8_000
"""How long a new call stands in the inverted card (LOOK: 8 s)."""


class Line(msgspec.Struct, frozen=True):
    """Words with their language, so that a reader's voice suits them."""

    text: str
    lang: str


class CallCard(msgspec.Struct, frozen=True):
    """The call in the large place."""

    id: str
    number: str
    place: Line
    sign: str
    """What is painted on the counter's sign, where the place's whole name is too long; empty for none."""
    points: bool
    """Whether an arrow points to the place: not where somebody is only to wait."""
    second: Line | None
    """The same once more in the visitor's language."""
    fetched: str
    """Tells visitors whom staff fetch to wait; empty for those who go to a counter."""
    again: str
    """Says that this is not the first call of the number; empty for the first."""
    new_for_ms: int
    """How much longer it counts as new; 0 when it rests."""


class ListedCall(msgspec.Struct, frozen=True):
    """One line of the list."""

    id: str
    number: str
    counter: str
    """As painted on the counter's sign, or where visitors wait whom staff fetch."""


class CallSight(msgspec.Struct, frozen=True):
    """What one office's calls look like from here."""

    snapshot: DisplaySnapshot | None
    announcement: Announcement | None
    waiting_to_be_said: Sequence[Call]
    last_shown: Announcement | None
    """The announcement before, whose call may still count as new."""


FETCHED = N_("Sie werden abgeholt")
RECEPTION = N_("Empfang")
"""Where visitors wait whom staff fetch; where the office has none, it only says that they will be fetched."""
IN_LIST = N_("wird abgeholt")
AGAIN = (N_("Zweiter Aufruf"), N_("Dritter Aufruf"), N_("Erneuter Aufruf"))


def current_call(sight: CallSight, calls: Sequence[Call]) -> Call | None:
    """The call being said, else the newest one that is not waiting to be said."""
    if sight.announcement:
        return sight.announcement.call
    waiting = {call.version for call in sight.waiting_to_be_said}
    return next((call for call in calls if call.version not in waiting), None)


def calls_of_today(calls: Sequence[Call], zone: ZoneInfo, now: datetime) -> list[Call]:
    """Leave out yesterday's: in the morning its last number would stand in the large place."""
    today = now.astimezone(zone).date()
    return [call for call in calls if call.at.astimezone(zone).date() == today]


def call_card(
    call: Call, sight: CallSight, office: OfficeCard, texts: Texts, language: str, now: datetime
) -> CallCard:
    """Give the card of a call; it is new for as long as ``sight`` says that it has just been shown."""
    shown_at = _shown_since(sight, call)
    age_ms = round((now - shown_at).total_seconds() * 1000) if shown_at else NEW_FOR_MS
    if call.pick_up:
        place, second, fetched = _reception(call, office, texts, language)
    else:
        place, second, fetched = *_counter(call, language), ""
    return CallCard(
        id=announcement_id(call),
        number=call.number,
        place=place,
        sign="" if fetched else call.counter,
        points=not fetched or bool(office.reception),
        second=second,
        fetched=fetched,
        again=texts.say(AGAIN[min(call.nth - 2, len(AGAIN) - 1)], language) if call.nth > 1 else "",
        new_for_ms=min(NEW_FOR_MS, max(0, NEW_FOR_MS - age_ms)),
    )


def _counter(call: Call, language: str) -> tuple[Line, Line | None]:
    """Where the visitor is to go, and the same in the visitor's language if that is another."""
    name, name_language = in_best_language(call.counter_name, language)
    visitors = base(call.language)
    second = _place_for(call, visitors) if visitors != name_language else None
    return Line(name or call.counter, name_language), (
        Line(second, visitors) if second and second != name else None
    )


def _place_for(call: Call, language: str) -> str | None:
    """Name the counter in a visitor's language, by the word for a counter where the office has none."""
    if language in SPOKEN_LANGUAGES and any(sign.isdigit() for sign in call.counter):
        name = named_counter(call, language)
        return name[:1].upper() + name[1:]
    return call.counter_name.get(language)


def _reception(call: Call, office: OfficeCard, texts: Texts, language: str) -> tuple[Line, Line | None, str]:
    """Where the visitor waits whom staff fetch, all of it in the visitor's language, and that they come."""
    if office.reception:
        place, fetched, both = RECEPTION, N_("Sie werden dort abgeholt."), N_("Empfang – Sie werden abgeholt")
    else:
        place, fetched, both = FETCHED, N_("Bitte warten Sie."), N_("Bitte warten Sie – Sie werden abgeholt")
    visitors = base(call.language)
    other = visitors != language and visitors in texts.languages
    second = Line(texts.say(both, visitors), visitors) if other else None
    return Line(texts.say(place, language), language), second, texts.say(fetched, language)


def _shown_since(sight: CallSight, call: Call) -> datetime | None:
    for announcement in (sight.announcement, sight.last_shown):
        if announcement and announcement.call == call:
            return announcement.shown_at
    return None


def listed_call(call: Call, office: OfficeCard, texts: Texts, language: str) -> ListedCall:
    """Give the line of a call in a list."""
    fetched = texts.say(RECEPTION if office.reception else IN_LIST, language)
    return ListedCall(announcement_id(call), call.number, fetched if call.pick_up else call.counter)
