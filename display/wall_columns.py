"""Several areas of an office, or several offices, beside each other: a column each."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

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
from display.hall_words import hall_sign
from display.shown_areas import chosen_areas
from display.texts import N_, Texts
from queue_service.protocol.device_care import MOST_COLUMNS, DeviceSettings
from queue_service.protocol.languages import in_best_language
from queue_service.protocol.stream import Call, DisplaySnapshot

LISTED_A_COLUMN = 5


class Column(msgspec.Struct, frozen=True):
    """One area or office."""

    name: Line
    current: CallCard | None
    listed: list[ListedCall]
    empty: str
    """What stands in the place of a call while there is none."""


def columns(
    sights: Sequence[CallSight], chosen: DeviceSettings, texts: Texts, language: str, now: datetime
) -> list[Column]:
    """Give the columns; the first of ``sights`` is the display's own office, the one that has the areas."""
    found: list[Column] = []
    for at, sight in enumerate(sights):
        if sight.snapshot is None:
            continue
        calls = calls_of_today(sight.snapshot.calls, ZoneInfo(sight.snapshot.office.time_zone), now)
        areas = chosen_areas(sight.snapshot.office, chosen) if at == 0 else []
        parts = [(area.name, [call for call in calls if call.counter in area.counters]) for area in areas]
        for name, own_calls in parts or [(sight.snapshot.office.name, calls)]:
            found.append(_column(name, own_calls, sight, sight.snapshot, texts, language, now))
    return found[:MOST_COLUMNS]


def _column(
    name: dict[str, str],
    calls: list[Call],
    sight: CallSight,
    snapshot: DisplaySnapshot,
    texts: Texts,
    language: str,
    now: datetime,
) -> Column:
    # Another area's call is no news here.
    own = msgspec.structs.replace(
        sight,
        announcement=sight.announcement if sight.announcement and sight.announcement.call in calls else None,
    )
    sign = hall_sign(snapshot.hall, language)
    current = None if sign else current_call(own, calls)
    words, tag = in_best_language(name, language)
    return Column(
        Line(words, tag),
        call_card(current, sight, snapshot.office, texts, language, now) if current else None,
        [listed_call(call, snapshot.office, texts, language) for call in calls if call != current][
            :LISTED_A_COLUMN
        ],
        sign.lines[0].title if sign else texts.say(N_("Noch kein Aufruf"), language),
    )
