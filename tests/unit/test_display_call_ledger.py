from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from display import call_ledger
from display.announced_calls import AnnouncedCalls
from display.call_ledger import CALL_IS_SAID_FOR, CallLedger
from queue_service.protocol.stream import LAST_CALLS_SHOWN, Call, DisplaySnapshot, OfficeCard
from tests.conftest import LoggedBy

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OFFICE = OfficeCard("rathaus", {"de": "Rathaus"}, "Europe/Berlin")


def call(version: int, at: datetime = NOON) -> Call:
    return Call(version, f"A{version:03}", "1", {"de": "Schalter 1"}, at)


def snapshot(version: int, *calls: Call, office: OfficeCard = OFFICE) -> DisplaySnapshot:
    newest = sorted(calls, key=lambda call: -call.version)[:LAST_CALLS_SHOWN]
    return DisplaySnapshot(version, office, newest, 0, 1, None)


def versions(ledger: CallLedger) -> list[int]:
    return [call.version for call in ledger.waiting]


def say_all(ledger: CallLedger) -> list[int]:
    return [call.version for call in ledger.take(NOON, len(ledger.waiting))]


def test_two_calls_of_the_same_second_wait_in_their_order() -> None:
    ledger = CallLedger(AnnouncedCalls())
    ledger.begin(snapshot(1), NOON)
    ledger.follow(call(2), NOON)
    ledger.follow(call(3), NOON)
    assert say_all(ledger) == [2, 3]


def test_calls_missed_in_an_outage_are_said_oldest_first() -> None:
    ledger = CallLedger(AnnouncedCalls())
    ledger.begin(snapshot(1), NOON)
    ledger.begin(snapshot(9, call(4), call(8), call(6)), NOON)
    assert versions(ledger) == [4, 6, 8]


def test_a_missed_call_is_said_up_to_the_limit_and_only_shown_after_it() -> None:
    ledger = CallLedger(AnnouncedCalls())
    at_the_limit = NOON - CALL_IS_SAID_FOR
    ledger.begin(snapshot(9, call(4, at_the_limit - timedelta(seconds=1)), call(5, at_the_limit)), NOON)
    assert versions(ledger) == [5]


def test_a_call_that_came_as_a_change_is_said_however_wrong_the_clocks_are() -> None:
    ledger = CallLedger(AnnouncedCalls())
    ledger.begin(snapshot(1), NOON)
    ledger.follow(call(2, NOON - timedelta(days=400)), NOON)
    assert versions(ledger) == [2]


def test_a_call_waiting_to_be_said_is_not_entered_again_by_a_reconnect() -> None:
    ledger = CallLedger(AnnouncedCalls())
    ledger.begin(snapshot(1), NOON)
    ledger.follow(call(2), NOON)
    ledger.begin(snapshot(3, call(2), call(3)), NOON)
    assert versions(ledger) == [2, 3]


def test_a_restarted_display_says_what_it_had_not_said_and_nothing_twice() -> None:
    before = CallLedger(AnnouncedCalls())
    before.begin(snapshot(1), NOON)
    before.follow(call(2), NOON)
    before.follow(call(3), NOON)
    before.take(NOON)
    after = CallLedger(before.announced)
    after.begin(snapshot(3, call(2), call(3)), NOON)
    assert versions(after) == [3]


def test_versions_of_another_office_mean_nothing_here() -> None:
    ledger = CallLedger(AnnouncedCalls(office="elsewhere", highest=500))
    ledger.begin(snapshot(600, call(400)), NOON)
    assert versions(ledger) == [400]


def test_a_service_that_began_its_versions_anew_is_heard_again() -> None:
    ledger = CallLedger(AnnouncedCalls(office="rathaus", highest=500))
    ledger.begin(snapshot(3, call(2)), NOON)
    assert versions(ledger) == [2]


def test_the_instant_of_the_sound_replaces_that_of_the_text() -> None:
    ledger = CallLedger(AnnouncedCalls())
    ledger.begin(snapshot(1), NOON)
    ledger.follow(call(2), NOON)
    (taken,) = ledger.take(NOON)
    heard = NOON + timedelta(milliseconds=80)
    ledger.note_start(taken, heard)
    assert ledger.announced.at == {2: heard}


def test_a_call_that_waits_behind_too_many_others_is_shown_and_not_said(logged_by: LoggedBy) -> None:
    logged = logged_by(call_ledger)
    ledger = CallLedger(AnnouncedCalls())
    ledger.begin(snapshot(1), NOON)
    ledger.follow(call(2), NOON)
    ledger.follow(call(3), NOON + timedelta(seconds=1))
    ledger.expire(NOON + CALL_IS_SAID_FOR + timedelta(milliseconds=1))
    assert versions(ledger) == [3]
    assert ledger.announced.unsaid == {2: "too_old"}
    # With its reason, and without the number.
    assert logged == [{"event": "call_not_said", "log_level": "info", "version": 2, "why": "too_old"}]


def test_a_call_of_another_part_of_the_house_does_not_hide_one_that_waits_from_a_restart() -> None:
    def here(call: Call) -> bool:
        return call.version != 3

    before = CallLedger(AnnouncedCalls(office="rathaus"), here)
    before.begin(snapshot(1), NOON)
    before.follow(call(2), NOON)
    before.follow(call(3), NOON)
    assert before.announced.unsaid == {3: "other_zone"}
    after = CallLedger(before.announced, here)
    after.begin(snapshot(3, call(2), call(3)), NOON)
    assert versions(after) == [2]


def test_who_leaves_the_building_is_called_to_no_counter_and_the_reason_is_kept() -> None:
    ledger = CallLedger(AnnouncedCalls())
    ledger.begin(snapshot(1), NOON)
    ledger.follow(call(2), NOON)
    ledger.drop_waiting()
    assert (versions(ledger), ledger.announced.unsaid) == ([], {2: "everybody_leaves"})


# What happens to a display: a call is made while it is connected ("call") or not ("missed"), it says one
# ("say"), reconnects ("reconnect") or is restarted and reconnects ("restart").
events = st.lists(st.sampled_from(["call", "missed", "say", "reconnect", "restart"]), max_size=40)


@given(events)
def test_whatever_happens_each_young_call_is_said_once_and_in_order(events: list[str]) -> None:
    ledger = CallLedger(AnnouncedCalls())
    ledger.begin(snapshot(0), NOON)
    made: list[Call] = []
    said: list[int] = []
    for event in [*events, "reconnect", *["say"] * 40]:
        if event == "call":
            # A change needs the version before it: a display that missed one gets a snapshot first.
            ledger.begin(snapshot(len(made), *made), NOON)
            made.append(call(len(made) + 1))
            ledger.follow(made[-1], NOON)
        elif event == "missed":
            made.append(call(len(made) + 1))
        elif event == "say" and ledger.waiting:
            said.append(ledger.take(NOON)[0].version)
        elif event == "reconnect":
            ledger.begin(snapshot(len(made), *made), NOON)
        elif event == "restart":
            ledger = CallLedger(ledger.announced)
            ledger.begin(snapshot(len(made), *made), NOON)
    assert said == sorted(set(said))
    # A snapshot holds the newest calls; nothing else can be lost.
    out_of_reach = len(made) - len(said)
    assert out_of_reach == 0 or (
        len(made) > LAST_CALLS_SHOWN and set(said) >= {c.version for c in made[-LAST_CALLS_SHOWN:]}
    )
