"""What the wall shows, as words and numbers: everything that the page draws, decided here."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from display.announcement import NONE_OWN, SPOKEN_LANGUAGES, OwnTexts, named_counter
from display.announcer import Announcement, announcement_id
from display.hall_words import HallSign, hall_sign
from display.texts import N_, Texts
from queue_service.device_program.pairing_sign import PairingSign, pairing_sign
from queue_service.protocol.languages import base, in_best_language
from queue_service.protocol.stream import Call, DisplaySnapshot, OfficeCard, WaitRange

LISTED_CALLS = 5
"""Calls in the list beside the current one (LOOK: the last five)."""

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


class Playing(msgspec.Struct, frozen=True):
    """A sound that the page is to play, unless it has begun elsewhere or earlier."""

    id: str
    audio: str
    begun: bool
    calls: tuple[str, ...] = ()
    """Ids of the calls that are said in it, in order; none in a gong whose words follow."""
    urgent: bool = False
    """Breaks off what is played."""


class WallState(msgspec.Struct, frozen=True):
    """Everything the page draws; it decides nothing but where it puts things."""

    office: Line
    time_zone: str
    accent: str
    bars: list[str]
    """Sentences about what does not work, most important first; empty on a good day."""
    current: CallCard | None
    listed: list[ListedCall]
    waiting: str
    wait: str
    notice: Line | None
    playing: Playing | None
    page: str
    """Digest of the page's files; a page of another digest loads itself again."""
    hall: HallSign | None = None
    """Stands instead of calls, or of everything, while the hall is not as usual."""
    pairing: PairingSign | None = None
    """Stands instead of everything: somebody has to let the device in first."""


class Sight(msgspec.Struct, frozen=True):
    """All that the wall's state depends on."""

    snapshot: DisplaySnapshot | None
    connected: bool
    announcement: Announcement | None
    waiting_to_be_said: Sequence[Call]
    last_shown: Announcement | None
    """The announcement before, whose call may still count as new."""
    sound_blocked: bool
    playing: Playing | None
    page: str
    code: str | None = None
    """By which the device is let in, while it is not."""
    own: OwnTexts = NONE_OWN
    """The office's own words; what concerns the whole hall is shown as it is said."""


LOST = N_("Anzeige wird aktualisiert – Aufrufe erfolgen auch mündlich")
SOUNDLESS = N_("Zurzeit ohne Ton – bitte achten Sie auf die Anzeige")
FETCHED = N_("Sie werden abgeholt")
RECEPTION = N_("Empfang")
"""Where visitors wait whom staff fetch; where the office has none, it only says that they will be fetched."""
IN_LIST = N_("wird abgeholt")
AGAIN = (N_("Zweiter Aufruf"), N_("Dritter Aufruf"), N_("Erneuter Aufruf"))


def wall_state(sight: Sight, texts: Texts, language: str, *, now: datetime) -> WallState:
    """Give what the wall shows at ``now``, an instant of the service's clock."""
    snapshot = sight.snapshot
    bars = [] if sight.connected else [texts.say(LOST, language)]
    if sight.sound_blocked:
        bars.append(texts.say(SOUNDLESS, language))
    sign_for_staff = pairing_sign(sight.code)
    if snapshot is None:
        empty = Line("", language)
        return WallState(
            empty, "", "", bars, None, [], "", "", None, sight.playing, sight.page, pairing=sign_for_staff
        )
    office = snapshot.office
    calls = _calls_of_today(snapshot.calls, ZoneInfo(office.time_zone), now)
    # What concerns everybody stands in the large place; the last call then joins the list.
    sign = hall_sign(snapshot.hall, language, sight.own)
    current = None if sign else current_call(sight, calls)
    name, name_language = in_best_language(office.name, language)
    notice, notice_language = in_best_language(office.notice, language)
    return WallState(
        office=Line(name, name_language),
        time_zone=office.time_zone,
        accent=office.accent,
        bars=bars,
        current=_card(current, sight, office, texts, language, now) if current else None,
        listed=[_listed(call, office, texts, language) for call in calls if call != current][:LISTED_CALLS],
        waiting=waiting_words(snapshot.waiting, texts, language),
        wait=wait_words(snapshot.wait, snapshot.open_counters, texts, language, snapshot.wait_reason),
        notice=Line(notice, notice_language) if notice else None,
        playing=sight.playing,
        page=sight.page,
        hall=sign,
        pairing=sign_for_staff,
    )


def current_call(sight: Sight, calls: Sequence[Call]) -> Call | None:
    """The call being said, else the newest one that is not waiting to be said."""
    if sight.announcement:
        return sight.announcement.call
    waiting = {call.version for call in sight.waiting_to_be_said}
    return next((call for call in calls if call.version not in waiting), None)


def waiting_words(waiting: int, texts: Texts, language: str) -> str:
    """How many people wait, as a person would say it."""
    if waiting == 0:
        return texts.say(N_("Zurzeit wartet niemand"), language)
    return texts.say_count("{count} Person wartet", "{count} Personen warten", waiting, language)


def wait_words(
    wait: WaitRange | None, open_counters: int, texts: Texts, language: str, reason: str | None = None
) -> str:
    """The estimate for somebody who would come now; what is not known is said to be not known."""
    if wait is None:
        return texts.say(_no_wait(open_counters, reason), language)
    low, high = wait.low_minutes, wait.high_minutes
    if high == 0:
        return texts.say(N_("Keine Wartezeit"), language)
    if low == 0:
        return texts.say_count(
            "Wartezeit bis etwa {count} Minute", "Wartezeit bis etwa {count} Minuten", high, language
        )
    if low == high:
        return texts.say_count(
            "Wartezeit etwa {count} Minute", "Wartezeit etwa {count} Minuten", high, language
        )
    return texts.say_count(
        "Wartezeit etwa {low}–{count} Minute", "Wartezeit etwa {low}–{count} Minuten", high, language, low=low
    )


def _no_wait(open_counters: int, reason: str | None) -> str:
    if reason == "hall_paused":
        return N_("Wartezeit wieder, sobald es weitergeht")
    if open_counters == 0:
        return N_("Zurzeit ist kein Schalter geöffnet")
    if reason == "closes_before":
        return N_("Neue Nummern heute vielleicht nicht mehr an der Reihe")
    return N_("Wartezeit zurzeit nicht bekannt")


def _calls_of_today(calls: Sequence[Call], zone: ZoneInfo, now: datetime) -> list[Call]:
    """Leave out yesterday's: in the morning its last number would stand in the large place."""
    today = now.astimezone(zone).date()
    return [call for call in calls if call.at.astimezone(zone).date() == today]


def _card(
    call: Call, sight: Sight, office: OfficeCard, texts: Texts, language: str, now: datetime
) -> CallCard:
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


def _shown_since(sight: Sight, call: Call) -> datetime | None:
    for announcement in (sight.announcement, sight.last_shown):
        if announcement and announcement.call == call:
            return announcement.shown_at
    return None


def _listed(call: Call, office: OfficeCard, texts: Texts, language: str) -> ListedCall:
    fetched = texts.say(RECEPTION if office.reception else IN_LIST, language)
    return ListedCall(announcement_id(call), call.number, fetched if call.pick_up else call.counter)
