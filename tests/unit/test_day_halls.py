"""A desk's hall follows its messages and notices when one is missing."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from queue_service.protocol.stream import VersionGapError
from queue_service.queueing.model import Ticket, TicketState
from queue_service.simulation.screens import StaffChange, StaffSnapshot, apply_to_hall, begin_hall

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def ticket(number: int, state: TicketState) -> Ticket:
    return Ticket(
        id=UUID(int=number), number=f"A{number:03}", office="amt", service="reisepass", state=state,
        visitor_class="walk_in", needs=[], language="de", channel="kiosk", counter=None, note="", calls=0,
        appointment=None, created_at=NOW, arrived_at=NOW, waiting_since=NOW, rank_at=NOW, call_by=NOW,
        called_at=None, started_at=None, parked_at=None, finished_at=None,
    )  # fmt: skip


def test_a_hall_holds_who_is_there_and_forgets_who_has_left() -> None:
    hall = begin_hall(StaffSnapshot(4, [ticket(1, "waiting"), ticket(2, "no_show")], []))
    assert set(hall.tickets) == {UUID(int=1)}
    apply_to_hall(hall, StaffChange("ticket.issued", 5, ticket(3, "waiting")))
    apply_to_hall(hall, StaffChange("ticket.finished", 6, ticket(1, "finished")))
    assert set(hall.tickets) == {UUID(int=3)}
    assert hall.version == 6


@pytest.mark.parametrize("version", [4, 6])
def test_a_message_out_of_turn_is_noticed(version: int) -> None:
    hall = begin_hall(StaffSnapshot(4, [], []))
    with pytest.raises(VersionGapError):
        apply_to_hall(hall, StaffChange("ticket.issued", version, ticket(3, "waiting")))
