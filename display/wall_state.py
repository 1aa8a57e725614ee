"""What the wall shows, as words and numbers: everything that the page draws, decided here."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from display.announcement import NONE_OWN, OwnTexts
from display.call_card import (
    CallCard,
    CallSight,
    Line,
    ListedCall,
    call_card,
    calls_of_today,
    current_call,
    listed_call,
)
from display.door_sign import DoorSign, door_sign
from display.hall_words import HallSign, hall_sign
from display.kept_office import NOT_HEARD_YET
from display.letter_rule import LetterRule, letter_rule
from display.panel_slides import Slide
from display.shown_areas import is_shown
from display.texts import N_, Texts
from display.wall_columns import Column, columns
from queue_service.device_program.pairing_sign import PairingSign, pairing_sign
from queue_service.protocol.device_care import DeviceSettings, DisplayLayout
from queue_service.protocol.languages import in_best_language
from queue_service.protocol.stream import HallState, WaitRange

USUAL_LAYOUT: DisplayLayout = "figures"

LISTED_CALLS = 5
"""Calls in the list beside the current one (LOOK: the last five)."""


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
    layout: DisplayLayout = USUAL_LAYOUT
    letters: LetterRule | None = None
    """None: as large as the layout makes them."""
    columns: list[Column] = []
    """Of ``side_by_side``."""
    door: DoorSign | None = None
    """Of ``door``."""
    slides: list[Slide] = []
    """Of ``panel``."""
    announcing: bool = False
    """From before the gong until after the words, wherever they are heard: films are lowered meanwhile."""


class Sight(CallSight, frozen=True, kw_only=True):
    """All that the wall's state depends on."""

    connected: bool
    sound_blocked: bool
    playing: Playing | None
    page: str
    code: str | None = None
    """By which the device is let in, while it is not."""
    own: OwnTexts = NONE_OWN
    """The office's own words; what concerns the whole hall is shown as it is said."""
    chosen: DeviceSettings = DeviceSettings()
    """What staff have chosen for this display."""
    further: Sequence[CallSight] = ()
    """Of the other offices on this screen."""
    slides: Sequence[Slide] = ()
    """Of the information panel, ready to be shown."""
    announcing: bool = False
    """Whether an office has the turn to be heard."""


LOST = N_("Anzeige wird aktualisiert – Aufrufe erfolgen auch mündlich")
SOUNDLESS = N_("Zurzeit ohne Ton – bitte achten Sie auf die Anzeige")


def wall_state(sight: Sight, texts: Texts, language: str, *, now: datetime) -> WallState:
    """Give what the wall shows at ``now``, an instant of the service's clock."""
    snapshot, chosen = sight.snapshot, sight.chosen
    bars = [] if sight.connected else [texts.say(LOST, language)]
    if sight.sound_blocked:
        bars.append(texts.say(SOUNDLESS, language))
    layout = chosen.layout or USUAL_LAYOUT
    if snapshot is None:
        nothing = Line("", language)
        return WallState(
            nothing, "", "", bars, None, [], "", "", None, sight.playing, sight.page,
            pairing=pairing_sign(sight.code), layout=layout, letters=letter_rule(chosen),
        )  # fmt: skip
    office, is_heard = snapshot.office, snapshot.version != NOT_HEARD_YET
    zone = ZoneInfo(office.time_zone)
    calls = [call for call in calls_of_today(snapshot.calls, zone, now) if is_shown(call, office, chosen)]
    # What concerns everybody stands in the large place; the last call then joins the list.
    sign = hall_sign(_hall(sight, layout), language, sight.own)
    current = None if sign else current_call(sight, calls)
    name, name_language = in_best_language(office.name, language)
    notice, notice_language = in_best_language(office.notice, language)
    return WallState(
        office=Line(name, name_language),
        time_zone=office.time_zone,
        accent=office.accent,
        bars=bars,
        current=call_card(current, sight, office, texts, language, now) if current else None,
        listed=[listed_call(call, office, texts, language) for call in calls if call != current][
            :LISTED_CALLS
        ],
        waiting=waiting_words(snapshot.waiting, texts, language) if is_heard else "",
        wait=(
            wait_words(snapshot.wait, snapshot.open_counters, texts, language, snapshot.wait_reason)
            if is_heard
            else ""
        ),
        notice=Line(notice, notice_language) if notice else None,
        playing=sight.playing,
        page=sight.page,
        hall=sign,
        pairing=pairing_sign(sight.code),
        layout=layout,
        letters=letter_rule(chosen),
        columns=columns([sight, *sight.further], chosen, texts, language, now)
        if layout == "side_by_side"
        else [],
        door=door_sign(snapshot.counters, chosen.door_counter, texts, language) if layout == "door" else None,
        slides=list(sight.slides) if layout == "panel" else [],
        announcing=sight.announcing,
    )


def _hall(sight: Sight, layout: DisplayLayout) -> HallState:
    """Give what concerns everybody; who must leave one office of a house must leave the others as well."""
    own = sight.snapshot.hall if sight.snapshot else "open"
    if any(further.snapshot and further.snapshot.hall == "leave" for further in sight.further):
        return "leave"
    # Beside other offices, a pause stands in the own column.
    return "open" if own == "paused" and layout == "side_by_side" else own


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
