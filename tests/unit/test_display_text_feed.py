"""The newest calls as text: what boards show, and what they don't."""

from datetime import UTC, datetime

import msgspec

from display.text_feed import as_lines, call_feed, etag_of
from display.zone import in_zone
from queue_service.protocol.stream import Call, DisplaySnapshot, OfficeCard

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CALL = Call(12, "A042", "3", {"de": "Schalter 3", "en": "Counter 3"}, NOON)
FETCHED = Call(11, "B007", "5", {"de": "Schalter 5"}, NOON, pick_up=True)
HALL = DisplaySnapshot(
    12, OfficeCard("rathaus", {"de": "Rathaus"}, "Europe/Berlin"), [CALL, FETCHED], 0, 1, None
)


def test_each_call_is_a_line_newest_first_and_whoever_is_fetched_goes_to_no_counter() -> None:
    feed = call_feed(HALL, "en", connected=True)
    assert as_lines(feed) == "A042 3\nB007 *\n"
    assert [(call.counter, call.place) for call in feed.calls] == [("3", "Counter 3"), ("*", "")]


def test_nobody_is_called_while_everybody_leaves() -> None:
    feed = call_feed(msgspec.structs.replace(HALL, hall="leave"), "de", connected=True)
    assert (feed.hall, as_lines(feed)) == ("leave", "")


def test_before_the_first_connection_there_is_nothing_to_show() -> None:
    assert as_lines(call_feed(None, "de", connected=False)) == ""


def test_a_feed_that_has_not_changed_is_known_by_its_tag() -> None:
    feed = call_feed(HALL, "de", connected=True)
    assert etag_of(feed) == etag_of(call_feed(HALL, "de", connected=True))
    assert etag_of(feed) != etag_of(call_feed(HALL, "de", connected=False))


def test_a_zone_is_the_counters_that_it_names_however_they_are_written() -> None:
    upstairs = msgspec.structs.replace(CALL, counter="12A")
    assert in_zone(upstairs, [])
    assert in_zone(upstairs, ["11", "12a"])
    assert not in_zone(CALL, ["12", "13"])
