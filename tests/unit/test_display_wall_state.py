from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from display.announcer import Announcement, announcement_id
from display.call_card import NEW_FOR_MS, Line
from display.texts import Texts
from display.wall_state import (
    LISTED_CALLS,
    Sight,
    WallState,
    wait_words,
    waiting_words,
    wall_state,
)
from queue_service.protocol.stream import Call, DisplaySnapshot, OfficeCard, WaitRange

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TEXTS = Texts.read()


def call(version: int, at: datetime = NOON, **more: Any) -> Call:
    return Call(
        version,
        f"A{version:03}",
        str(version),
        {"de": f"Schalter {version}", "en": f"Counter {version}"},
        at,
        **more,
    )


def hall(*calls: Call, **more: Any) -> DisplaySnapshot:
    office = OfficeCard(
        "rathaus", {"de": "Rathaus"}, "Europe/Berlin",
        reception=more.pop("reception", {}), notice=more.pop("notice", {}),
    )  # fmt: skip
    facts = {"waiting": 0, "open_counters": 1, "wait": None, **more}
    return DisplaySnapshot(office=office, version=99, calls=sorted(calls, key=lambda c: -c.version), **facts)


def seen(
    snapshot: DisplaySnapshot | None, *, now: datetime = NOON, language: str = "de", **more: Any
) -> WallState:
    facts: dict[str, Any] = {
        "connected": True,
        "announcement": None,
        "waiting_to_be_said": (),
        "last_shown": None,
        "sound_blocked": False,
        "playing": None,
        "page": "digest",
        **more,
    }
    return wall_state(Sight(snapshot=snapshot, **facts), TEXTS, language, now=now)


def said(call: Call, shown_at: datetime = NOON) -> Announcement:
    return Announcement(announcement_id(call), call, shown_at)


def test_the_newest_call_rests_in_the_large_place_and_five_before_it_are_listed() -> None:
    state = seen(hall(*(call(version) for version in range(1, 11))))
    assert state.current is not None
    assert (state.current.number, state.current.place.text, state.current.new_for_ms) == (
        "A010",
        "Schalter 10",
        0,
    )
    assert [listed.number for listed in state.listed] == ["A009", "A008", "A007", "A006", "A005"]
    assert len(state.listed) == LISTED_CALLS


def test_of_two_calls_in_one_second_the_first_is_large_and_the_second_is_already_listed() -> None:
    first, second = call(2), call(3)
    state = seen(hall(call(1), first, second), announcement=said(first), waiting_to_be_said=(second,))
    assert state.current is not None
    assert state.current.number == "A002"
    assert [listed.number for listed in state.listed] == ["A003", "A001"]


def test_between_two_announcements_the_large_place_keeps_what_was_said_last() -> None:
    first, second = call(2), call(3)
    state = seen(hall(call(1), first, second), last_shown=said(first), waiting_to_be_said=(second,))
    assert state.current is not None
    assert state.current.number == "A002"


def test_a_call_that_has_left_the_snapshot_is_still_shown_while_it_is_said() -> None:
    old = call(1)
    state = seen(hall(*(call(version) for version in range(5, 15))), announcement=said(old))
    assert state.current is not None
    assert state.current.number == "A001"


def test_a_call_counts_as_new_for_eight_seconds_from_its_text() -> None:
    new = call(2)
    later = NOON + timedelta(seconds=3)
    during = seen(hall(new), announcement=said(new), now=later).current
    after = seen(hall(new), last_shown=said(new), now=NOON + timedelta(seconds=9)).current
    assert during is not None
    assert after is not None
    assert during.new_for_ms == NEW_FOR_MS - 3000
    assert after.new_for_ms == 0


def test_a_clock_set_back_does_not_make_a_call_new_for_ever() -> None:
    new = call(2)
    state = seen(hall(new), announcement=said(new), now=NOON - timedelta(hours=1))
    assert state.current is not None
    assert state.current.new_for_ms == NEW_FOR_MS


def test_in_a_pause_the_wait_is_told_again_later() -> None:
    state = seen(hall(wait_reason="hall_paused", hall="paused"))
    assert state.wait == "Wartezeit wieder, sobald es weitergeht"


def test_yesterdays_calls_are_gone_in_the_morning_of_the_offices_own_day() -> None:
    # 23:30 UTC is half past midnight in Berlin, so 22:59 UTC was yesterday there.
    half_past_midnight = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    yesterday, today = call(1, half_past_midnight - timedelta(minutes=31)), call(2, half_past_midnight)
    assert seen(hall(yesterday), now=half_past_midnight).current is None
    state = seen(hall(yesterday, today), now=half_past_midnight)
    assert state.current is not None
    assert state.current.number == "A002"
    assert state.listed == []


def test_the_visitors_language_stands_beneath_only_if_the_call_asks_for_it() -> None:
    german, english = seen(hall(call(3))).current, seen(hall(call(3, language="en-GB"))).current
    assert german is not None
    assert english is not None
    assert german.second is None
    assert english.place == Line("Schalter 3", "de")
    assert english.second == Line("Counter 3", "en")


def test_whoever_is_fetched_reads_the_reception_in_place_of_the_counter_everywhere() -> None:
    fetched, reception = call(3, pick_up=True, nth=2, language="en"), {"de": "Empfang gegenüber dem Eingang"}
    card = seen(hall(fetched, reception=reception)).current
    assert card is not None
    assert (card.place, card.points, card.fetched, card.again) == (
        Line("Empfang", "de"),
        True,
        "Sie werden dort abgeholt.",
        "Zweiter Aufruf",
    )
    assert card.second == Line("Reception – staff will come", "en")
    [listed] = seen(hall(fetched, call(4), reception=reception)).listed
    assert (listed.number, listed.counter) == ("A003", "Empfang")


def test_without_a_reception_nothing_points_anywhere() -> None:
    card = seen(hall(call(3, pick_up=True))).current
    assert card is not None
    assert (card.place.text, card.points, card.fetched) == ("Sie werden abgeholt", False, "Bitte warten Sie.")


def test_a_recall_says_so_in_words() -> None:
    again = [seen(hall(call(3, nth=nth))).current for nth in (1, 2, 3, 7)]
    assert [card.again for card in again if card] == [
        "",
        "Zweiter Aufruf",
        "Dritter Aufruf",
        "Erneuter Aufruf",
    ]


def test_without_a_connection_the_last_state_stays_and_a_bar_says_so() -> None:
    state = seen(hall(call(3)), connected=False)
    assert state.bars == ["Anzeige wird aktualisiert – Aufrufe erfolgen auch mündlich"]
    assert state.current is not None


def test_a_browser_that_blocks_sound_is_told_to_the_waiting_room() -> None:
    assert seen(hall(), sound_blocked=True).bars == ["Zurzeit ohne Ton – bitte achten Sie auf die Anzeige"]


def test_before_the_first_connection_there_is_a_bar_and_no_guess() -> None:
    state = seen(None, connected=False)
    assert (state.current, state.listed, state.waiting, state.wait) == (None, [], "", "")
    assert len(state.bars) == 1


def test_a_notice_appears_in_the_language_that_it_has() -> None:
    assert seen(hall(notice={"de": "Heute nur bis 13 Uhr."}), language="en").notice == Line(
        "Heute nur bis 13 Uhr.", "de"
    )
    assert seen(hall(notice={})).notice is None


@pytest.mark.parametrize(
    ("wait", "open_counters", "words"),
    [
        (WaitRange(20, 35), 3, "Wartezeit etwa 20–35 Minuten"),
        (WaitRange(0, 5), 3, "Wartezeit bis etwa 5 Minuten"),
        (WaitRange(10, 10), 3, "Wartezeit etwa 10 Minuten"),
        (WaitRange(0, 0), 3, "Keine Wartezeit"),
        (None, 3, "Wartezeit zurzeit nicht bekannt"),
        (None, 0, "Zurzeit ist kein Schalter geöffnet"),
    ],
)
def test_the_estimate_is_a_range_and_honest_when_there_is_none(
    wait: WaitRange | None, open_counters: int, words: str
) -> None:
    assert wait_words(wait, open_counters, TEXTS, "de") == words


@pytest.mark.parametrize(
    ("waiting", "words"), [(0, "Zurzeit wartet niemand"), (1, "1 Person wartet"), (12, "12 Personen warten")]
)
def test_people_waiting_are_counted_as_a_person_would_say_it(waiting: int, words: str) -> None:
    assert waiting_words(waiting, TEXTS, "de") == words
