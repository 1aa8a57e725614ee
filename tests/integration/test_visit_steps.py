"""What clerks do with a visit beside calling and finishing it, each at its edges."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import TeamSetup
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.queueing import service
from queue_service.queueing.model import FoundCounter, Performed, Ticket
from queue_service.queueing.service import Actor, Profile, Target
from tests.integration.counter_hall import OTHER_SERVICE, SERVICE, issue, open_counters

MINUTE = timedelta(minutes=1)
Seat = tuple[FoundCounter, Actor]


async def change_rules(conn: Connection, office: Office, **rules: object) -> None:
    """Let the office have these rules for visits."""
    await conn.execute(
        """
        UPDATE office SET setup = jsonb_set(setup, '{visits}', setup -> 'visits' || $2::text::jsonb)
         WHERE id = $1
        """,
        office.id,
        msgspec.json.encode(rules).decode(),
    )


async def seat_again(conn: Connection, seat: Seat) -> Seat:
    """Read the counter anew, with the office's present rules and its visitor."""
    counter, clerk = seat
    return await service.find_counter(conn, f"{counter.office}.{counter.number}"), clerk


async def called(conn: Connection, now: datetime, seat: Seat) -> UUID:
    """Call the next one; give the ticket's id."""
    answer = await service.call_next(conn, now, *seat)
    assert answer is not None
    return answer.ticket.id


async def step(conn: Connection, now: datetime, ticket: UUID, verb: str, clerk: Actor) -> Ticket:
    """Take a plain step."""
    return await service.move_ticket(conn, now, await service.find_ticket(conn, ticket, clerk), verb, clerk)


async def served(conn: Connection, now: datetime, office: Office, seat: Seat, **more: object) -> UUID:
    """Issue a ticket, call it and begin its service."""
    await issue(conn, now, office, **more)  # type: ignore[arg-type]
    ticket = await called(conn, now, seat)
    await step(conn, now, ticket, "start", seat[1])
    return ticket


@pytest.fixture
async def seats(conn: Connection, now: datetime, bsc_mitte: Office) -> list[Seat]:
    """Three clerks at the first three counters."""
    return await open_counters(conn, now, bsc_mitte, 3)


async def undone(conn: Connection, now: datetime, ticket: UUID, clerk: Actor) -> Ticket:
    """Take the last step back."""
    async with conn.transaction():
        return await service.undo(conn, now, await service.find_ticket(conn, ticket, clerk), clerk)


@pytest.mark.parametrize(
    ("verbs", "back_to"),
    [
        (["start"], "called"),
        (["start", "finish"], "serving"),
        (["no_show"], "called"),
        (["park"], "called"),
        (["start", "park"], "serving"),
        (["start", "park", "resume"], "parked"),
        (["start", "requeue"], "serving"),
        (["no_show", "requeue"], "no_show"),
        (["park", "cancel"], "parked"),
    ],
)
async def test_the_last_step_is_taken_back_as_if_it_had_not_been(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat], verbs: list[str], back_to: str
) -> None:
    await issue(conn, now, bsc_mitte)
    ticket, clerk = await called(conn, now, seats[0]), seats[0][1]
    *earlier, last = verbs
    for verb in earlier:
        await step(conn, now, ticket, verb, clerk)
    before = (await service.find_ticket(conn, ticket, clerk)).ticket
    await step(conn, now, ticket, last, clerk)
    back = await undone(conn, now + timedelta(seconds=9), ticket, clerk)
    assert (back, back.state) == (before, back_to)
    at_counter = (await seat_again(conn, seats[0]))[0].ticket_id
    assert at_counter == (ticket if back_to in ("called", "serving") else None)


async def test_undo_has_its_time_its_actor_and_its_place(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    await step(conn, now, ticket, "finish", clerk)
    with pytest.raises(errors.CannotUndo) as stranger:
        await undone(conn, now, ticket, seats[1][1])
    with pytest.raises(errors.CannotUndo) as late:
        await undone(conn, now + timedelta(seconds=11), ticket, clerk)
    await issue(conn, now, bsc_mitte)
    await called(conn, now, seats[0])
    with pytest.raises(errors.CannotUndo) as taken:
        await undone(conn, now, ticket, clerk)
    reasons = [refusal.value.extra["reason"] for refusal in (stranger, late, taken)]
    assert reasons == ["nothing_to_undo", "too_late", "counter_taken"]


async def test_what_has_been_called_since_is_not_taken_back(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    await step(conn, now, ticket, "requeue", clerk)
    assert await called(conn, now, seats[1]) == ticket
    with pytest.raises(errors.CannotUndo):
        await undone(conn, now, ticket, clerk)
    assert (await service.find_ticket(conn, ticket, clerk)).state == "called"


async def test_a_number_is_called_again_as_often_and_as_soon_as_the_office_allows(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    await change_rules(conn, bsc_mitte, most_recalls=1, recall_pause_seconds=20)
    await issue(conn, now, bsc_mitte)
    ticket, clerk = await called(conn, now, seats[0]), seats[0][1]
    with pytest.raises(errors.TooSoon) as soon:
        await step(conn, now + timedelta(seconds=5), ticket, "recall", clerk)
    assert (soon.value.extra["reason"], soon.value.retry_after) == ("recall_pause", 16)
    assert (await step(conn, now + timedelta(seconds=20), ticket, "recall", clerk)).calls == 2
    with pytest.raises(errors.TooSoon) as often:
        await step(conn, now + MINUTE, ticket, "recall", clerk)
    assert often.value.extra["reason"] == "recalls_used_up"


async def test_who_needs_longer_for_the_way_is_not_hurried(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    await change_rules(conn, bsc_mitte, recall_pause_seconds=20)
    await issue(conn, now, bsc_mitte, slow_walk=True)
    ticket, clerk = await called(conn, now, seats[0]), seats[0][1]
    with pytest.raises(errors.TooSoon) as soon:
        await step(conn, now + timedelta(seconds=39), ticket, "recall", clerk)
    assert soon.value.retry_after == 2
    assert (await step(conn, now + timedelta(seconds=40), ticket, "recall", clerk)).calls == 2


async def test_nobody_counts_as_not_come_before_the_last_call(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    await change_rules(conn, bsc_mitte, no_show_after_calls=2)
    await issue(conn, now, bsc_mitte)
    ticket, clerk = await called(conn, now, seats[0]), seats[0][1]
    with pytest.raises(errors.TooSoon):
        await step(conn, now, ticket, "no_show", clerk)
    await step(conn, now, ticket, "recall", clerk)
    assert (await step(conn, now, ticket, "no_show", clerk)).state == "no_show"


@pytest.mark.parametrize(("minutes", "keeps"), [(15, True), (16, False)])
async def test_who_comes_back_within_the_grace_keeps_the_place(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat], minutes: int, *, keeps: bool
) -> None:
    first = await issue(conn, now, bsc_mitte)
    clerk = seats[0][1]
    await called(conn, now, seats[0])
    await step(conn, now, first.id, "no_show", clerk)
    await issue(conn, now + MINUTE, bsc_mitte)
    await step(conn, now + minutes * MINUTE, first.id, "requeue", clerk)
    queue = await service.queue(conn, now + minutes * MINUTE, bsc_mitte)
    assert (queue.items[0].id == first.id) == keeps


async def test_whoever_is_put_back_comes_last_at_that_counter_until_it_has_had_somebody_else(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    (counter, clerk), (elsewhere, _) = seats[:2]
    first, second, third = [await issue(conn, now - 9 * MINUTE + n * MINUTE, bsc_mitte) for n in range(3)]

    async def shown(at: FoundCounter | None) -> list[UUID]:
        return [ticket.id for ticket in (await service.queue(conn, now, bsc_mitte, at)).items]

    assert await called(conn, now, seats[0]) == first.id
    back = await step(conn, now, first.id, "requeue", clerk)
    assert back.waiting_since == now - 9 * MINUTE
    assert await shown(counter) == [second.id, third.id, first.id]
    for other in (elsewhere, None):
        assert await shown(other) == [first.id, second.id, third.id]
    assert await called(conn, now, seats[0]) == second.id
    assert await shown(counter) == [first.id, third.id]
    await step(conn, now, second.id, "requeue", clerk)
    assert await shown(counter) == [first.id, third.id, second.id]


async def test_whoever_is_put_back_is_called_again_when_nobody_else_can_be(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket = await served(conn, now, bsc_mitte, seats[0])
    not_here = await issue(conn, now, bsc_mitte)
    await conn.execute("UPDATE ticket SET counter_id = $1 WHERE id = $2", seats[1][0].id, not_here.id)
    await step(conn, now, ticket, "requeue", seats[0][1])
    assert await called(conn, now, seats[0]) == ticket


@pytest.mark.parametrize("what", ["undone", "resumed", "reopened"])
async def test_a_counter_forgets_whom_it_put_back(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat], what: str
) -> None:
    """When that is taken back, when it has had somebody who was parked, and for the next clerk there."""
    counter, clerk = seats[0]
    parked = await served(conn, now, bsc_mitte, seats[0])
    await step(conn, now, parked, "park", clerk)
    ticket = await served(conn, now, bsc_mitte, seats[0])
    later = await issue(conn, now + MINUTE, bsc_mitte)
    await step(conn, now, ticket, "requeue", clerk)
    match what:
        case "undone":
            await undone(conn, now, ticket, clerk)
            await step(conn, now, ticket, "park", clerk)
            await step(conn, now, ticket, "requeue", clerk)
        case "resumed":
            await step(conn, now, parked, "resume", clerk)
        case _:
            await service.close_counter(conn, now, counter, clerk)
            await service.open_counter(conn, now, counter, None, clerk)
    queue = await service.queue(conn, now, bsc_mitte, counter)
    assert [entry.id for entry in queue.items] == [ticket, later.id]


async def test_a_parked_visitor_has_a_reason_and_a_reminder_until_it_goes_on(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    found = await service.find_ticket(conn, ticket, clerk)
    parked = await service.park(conn, now, found, clerk, reason="Formular", remind_at=now + 10 * MINUTE)
    assert (parked.park_reason, parked.remind_at) == ("Formular", now + 10 * MINUTE)
    resumed = await step(conn, now, ticket, "resume", clerk)
    assert (resumed.park_reason, resumed.remind_at) == ("", None)


async def test_a_visitor_sent_to_a_colleague_is_called_by_nobody_else(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    colleague = await service.clerk_of(conn, bsc_mitte, seats[1][1].key)
    found = await service.find_ticket(conn, ticket, clerk)
    await service.transfer(conn, now, bsc_mitte, found, clerk, Target(clerk_id=colleague), "Bitte prüfen")
    assert await service.call_next(conn, now, *seats[2]) is None
    await service.close_counter(conn, now, *seats[2])
    answer = await service.call_next(conn, now, *seats[1])
    assert answer is not None
    assert (answer.ticket.id, answer.ticket.note, answer.ticket.clerk) == (ticket, "Bitte prüfen", None)
    with pytest.raises(errors.UnknownChoice):
        await service.clerk_of(conn, bsc_mitte, "staff:999999")


@pytest.mark.parametrize("bond", ["counter", "clerk", "team"])
async def test_somebody_elses_visitor_is_called_for_a_reason_alone_which_stays_on_record(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat], bond: str
) -> None:
    issued, (own, clerk), (theirs, colleague) = await issue(conn, now, bsc_mitte), seats[0], seats[1]
    await service.open_counter(
        conn, now, theirs, None, colleague, TeamSetup("pass", {"de": "Pässe"}, [SERVICE])
    )
    bonds = {
        "counter": ("counter_id", theirs.id),
        "clerk": ("clerk_id", colleague.user_id),
        "team": ("team", "pass"),
    }
    column, holder = bonds[bond]
    await conn.execute(f"UPDATE ticket SET {column} = $1 WHERE id = $2", holder, issued.id)  # noqa: S608 - of three
    for said in (None, "  "):
        with pytest.raises(errors.ReasonRequired):
            await service.call_ticket(conn, now, own, issued.id, clerk, said)
    called = await service.call_ticket(conn, now, own, issued.id, clerk, "Kollegin telefoniert")
    assert (called.why.reason, called.why.overridden) == ("Kollegin telefoniert", [bond])
    told = await service.timeline(conn, await service.find_ticket(conn, issued.id, clerk))
    assert told[-1].detail["overridden"] == [bond]


async def test_no_reason_makes_a_counter_serve_what_it_cant(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    issued = await issue(conn, now, bsc_mitte, further_services=[OTHER_SERVICE], together=True)
    service_ids = await conn.fetch("SELECT id FROM service WHERE code = $1", SERVICE)
    await conn.execute(
        "UPDATE counter SET services = $1 WHERE id = $2", [service_ids[0]["id"]], seats[0][0].id
    )
    counter, clerk = await seat_again(conn, seats[0])
    with pytest.raises(errors.CannotServe):
        await service.call_ticket(conn, now, counter, issued.id, clerk, "Ich kann das")


async def test_where_the_office_asks_why_only_whoever_is_next_is_chosen_without_a_reason(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    await change_rules(conn, bsc_mitte, reason_for_choice=True)
    unservable = await issue(conn, now - MINUTE, bsc_mitte)
    await conn.execute("UPDATE ticket SET counter_id = $1 WHERE id = $2", seats[1][0].id, unservable.id)
    first, second = await issue(conn, now, bsc_mitte), await issue(conn, now, bsc_mitte)
    counter, clerk = await seat_again(conn, seats[0])
    with pytest.raises(errors.ReasonRequired):
        await service.call_ticket(conn, now, counter, second.id, clerk)
    assert (await service.call_ticket(conn, now, counter, first.id, clerk)).ticket.id == first.id
    other, colleague = await seat_again(conn, seats[2])
    called = await service.call_ticket(conn, now, other, second.id, colleague, "Rollstuhl")
    assert (called.why.reason, called.why.overridden) == ("Rollstuhl", [])


async def test_a_colleague_who_has_gone_keeps_nobody_waiting(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    colleague = await service.clerk_of(conn, bsc_mitte, seats[1][1].key)
    found = await service.find_ticket(conn, ticket, clerk)
    await service.transfer(conn, now, bsc_mitte, found, clerk, Target(clerk_id=colleague))
    await service.close_counter(conn, now, *seats[1])
    assert await called(conn, now, seats[2]) == ticket


async def test_a_teams_list_is_worked_on_by_its_clerks_alone(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    team = TeamSetup("pass", {"de": "Pässe"}, [SERVICE, OTHER_SERVICE])
    office = msgspec.structs.replace(bsc_mitte, setup=msgspec.structs.replace(bsc_mitte.setup, teams=[team]))
    opened = await service.open_counter(conn, now, *_with(seats[1], None), team)
    assert (opened.team, opened.serving) == ("pass", sorted([SERVICE, OTHER_SERVICE]))
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    found = await service.find_ticket(conn, ticket, clerk)
    await service.transfer(conn, now, office, found, clerk, Target(team="pass"))
    assert await service.call_next(conn, now, *seats[2]) is None
    assert await called(conn, now, seats[1]) == ticket
    with pytest.raises(errors.UnknownChoice):
        await service.transfer(conn, now, bsc_mitte, found, clerk, Target(team="unknown"))


def _with(seat: Seat, services: list[str] | None) -> tuple[FoundCounter, list[str] | None, Actor]:
    return seat[0], services, seat[1]


async def test_a_visitor_sent_with_return_comes_back_to_the_counter(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    found = await service.find_ticket(conn, ticket, clerk)
    await service.transfer(conn, now, bsc_mitte, found, clerk, Target(service=OTHER_SERVICE, returns=True))
    assert await called(conn, now, seats[1]) == ticket
    await step(conn, now, ticket, "start", seats[1][1])
    back = await step(conn, now, ticket, "finish", seats[1][1])
    assert (back.state, back.service, back.counter) == ("waiting", SERVICE, "bsc-mitte.1")
    assert await service.call_next(conn, now, *seats[2]) is None
    assert await called(conn, now, seats[0]) == ticket
    await step(conn, now, ticket, "start", clerk)
    done = await step(conn, now, ticket, "finish", clerk)
    assert (done.state, [item.service for item in done.performed]) == ("finished", [OTHER_SERVICE, SERVICE])


async def test_another_office_gives_a_number_with_the_wait_that_was_earned_here(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    issued = await issue(conn, now - 40 * MINUTE, bsc_mitte, needs=["level_access"])
    there, clerk = await offices.find_office(conn, "bsc-nord"), seats[0][1]
    found = await service.find_ticket(conn, issued.id, clerk)
    async with conn.transaction():
        sent = await service.send_on(conn, now, found, there, SERVICE, clerk, "Akte liegt vor")
    assert (sent.office, sent.state, sent.needs) == ("bsc-nord", "waiting", ["level_access"])
    assert (sent.waiting_since, sent.note) == (now - 40 * MINUTE, "Akte liegt vor")
    assert (await service.find_ticket(conn, issued.id, clerk)).state == "finished"
    assert (await service.queue(conn, now, there)).items[0].id == sent.id


async def test_what_one_counter_cant_do_of_a_visit_waits_for_the_next_with_its_old_place(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    only = await service.open_counter(conn, now, seats[0][0], [SERVICE], seats[0][1])
    assert only.serving == [SERVICE]
    ticket = await served(conn, now, bsc_mitte, seats[0], further_services=[OTHER_SERVICE])
    found = await service.find_ticket(conn, ticket, seats[0][1])
    assert found.ticket.further_services == [OTHER_SERVICE]
    onward = await service.finish(conn, now, found, seats[0][1], [Performed(SERVICE, 2)])
    assert (onward.state, onward.service, onward.further_services) == ("waiting", OTHER_SERVICE, [])
    assert onward.waiting_since == found.waiting_since
    assert await called(conn, now, seats[1]) == ticket
    await step(conn, now, ticket, "start", seats[1][1])
    done = await step(conn, now, ticket, "finish", seats[1][1])
    assert done.performed == [Performed(SERVICE, 2), Performed(OTHER_SERVICE, 1)]


async def test_a_visit_that_stays_together_goes_to_a_counter_that_does_it_all(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    await service.open_counter(conn, now, seats[0][0], [SERVICE], seats[0][1])
    await issue(conn, now, bsc_mitte, further_services=[OTHER_SERVICE], together=True)
    assert await service.call_next(conn, now, *seats[0]) is None
    ticket = await called(conn, now, seats[1])
    await step(conn, now, ticket, "start", seats[1][1])
    assert (await step(conn, now, ticket, "finish", seats[1][1])).state == "finished"


async def test_a_family_goes_on_with_one_number_and_the_longest_wait_of_its_members(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    child = await issue(conn, now - 20 * MINUTE, bsc_mitte)
    other = await issue(conn, now - 15 * MINUTE, bsc_mitte)
    mother = await issue(conn, now - 10 * MINUTE, bsc_mitte, code=OTHER_SERVICE)
    clerk = seats[0][1]
    async with conn.transaction():
        found = await service.find_ticket(conn, mother.id, clerk)
        merged = await service.merge(conn, now, found, [child.id], clerk)
    assert merged.further_services == [SERVICE]
    with pytest.raises(errors.CannotUndo):
        await undone(conn, now, mother.id, clerk)
    gone = (await service.find_ticket(conn, child.id, clerk)).ticket
    assert (gone.state, gone.merged_into) == ("cancelled", mother.id)
    queue = await service.queue(conn, now, bsc_mitte)
    assert [ticket.id for ticket in queue.items] == [mother.id, other.id]


@pytest.mark.parametrize("where", ["waiting", "parked", "called"])
async def test_somebody_of_a_family_joins_it_wherever_they_stand_and_brings_what_they_need(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat], where: str
) -> None:
    clerk = seats[0][1]
    child = (await issue(conn, now, bsc_mitte, OTHER_SERVICE, needs=["level_access"])).id
    await service.describe(
        conn, now, await service.find_ticket(conn, child, clerk), clerk, Profile(slow_walk=True)
    )
    if where != "waiting":
        assert await called(conn, now, seats[0]) == child
    if where == "parked":
        await step(conn, now, child, "park", clerk)
    mother = (await issue(conn, now, bsc_mitte)).id
    async with conn.transaction():
        merged = await service.merge(
            conn, now, await service.find_ticket(conn, mother, clerk), [child], clerk
        )
    assert (merged.further_services, merged.needs, merged.slow_walk) == (
        [OTHER_SERVICE],
        ["level_access"],
        True,
    )
    assert (await service.find_ticket(conn, child, clerk)).state == "cancelled"
    assert await called(conn, now, seats[0]) == mother


async def test_nobody_joins_a_family_whom_another_counter_has_or_whose_service_has_begun(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    begun, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    await issue(conn, now, bsc_mitte)
    elsewhere = await called(conn, now, seats[1])
    mother = await service.find_ticket(conn, (await issue(conn, now, bsc_mitte)).id, clerk)
    for other, refusal in ((begun, errors.IllegalTransition), (elsewhere, errors.NotYourTicket)):
        with pytest.raises(refusal) as refused:
            async with conn.transaction():
                await service.merge(conn, now, mother, [other], clerk)
        if refusal is errors.IllegalTransition:
            number = (await service.find_ticket(conn, begun, clerk)).ticket.number
            assert (refused.value.extra["number"], refused.value.extra["state"]) == (number, "serving")


@pytest.mark.parametrize(("current", "state"), [("finish", "finished"), ("park", "parked")])
async def test_the_next_one_is_called_and_the_visit_before_ends_or_is_stored(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat], current: str, state: str
) -> None:
    ticket = await served(conn, now, bsc_mitte, seats[0])
    await issue(conn, now, bsc_mitte)
    counter, clerk = await seat_again(conn, seats[0])
    async with conn.transaction():
        answer = await service.call_next_after(conn, now, counter, clerk, current)  # type: ignore[arg-type]
    assert answer is not None
    assert (await service.find_ticket(conn, ticket, clerk)).state == state
    await issue(conn, now, bsc_mitte)
    counter, clerk = await seat_again(conn, seats[0])
    with pytest.raises(errors.StillServing):
        async with conn.transaction():
            await service.call_next_after(conn, now, counter, clerk, "finish")


async def test_the_timeline_tells_every_step_and_why_each_call_was_made(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    found = await service.find_ticket(conn, ticket, clerk)
    await service.park(conn, now, found, clerk, reason="Foto")
    await undone(conn, now, ticket, clerk)
    await step(conn, now, ticket, "requeue", clerk)
    chosen = await service.call_ticket(conn, now, seats[1][0], ticket, seats[1][1], "Rollstuhl")
    assert (chosen.why.rule, chosen.why.reason) == ("chosen", "Rollstuhl")
    told = await service.timeline(conn, await service.find_ticket(conn, ticket, clerk))
    assert [entry.verb for entry in told] == ["issue", "call", "start", "park", "undo", "requeue", "call"]
    assert told[1].detail["policy"] == "head-start"
    assert (told[3].detail, told[4].detail) == ({"reason": "Foto"}, {"undone": "park"})
    assert told[6].detail["reason"] == "Rollstuhl"


async def test_a_visitors_needs_are_noted_and_bind_the_counter_from_then_on(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    issued = await issue(conn, now, bsc_mitte)
    await conn.execute("UPDATE counter SET features = '{}' WHERE office_id = $1", bsc_mitte.id)
    clerk = seats[0][1]
    found = await service.find_ticket(conn, issued.id, clerk)
    noted = await service.describe(
        conn, now, found, clerk, Profile(needs=["induction_loop"], slow_walk=True, pick_up=True)
    )
    assert (noted.needs, noted.slow_walk, noted.pick_up, noted.language) == (
        ["induction_loop"],
        True,
        True,
        "de",
    )
    assert await service.call_next(conn, now, *seats[0]) is None


async def test_displays_are_told_of_whom_staff_fetch(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    for fetched in (True, False):
        await issue(conn, now, bsc_mitte, pick_up=fetched)
    await called(conn, now, seats[0])
    await called(conn, now, seats[1])
    calls = (await service.read_hall(conn, bsc_mitte)).calls
    assert [(call.counter, call.pick_up) for call in calls] == [("2", False), ("1", True)]


async def test_a_paused_counter_keeps_its_visitor_and_calls_nobody(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    paused = await service.pause_counter(conn, now, seats[0][0], clerk, "Pause")
    assert (paused.state, paused.ticket, paused.pause_reason) == ("paused", ticket, "Pause")
    await step(conn, now, ticket, "finish", clerk)
    await issue(conn, now, bsc_mitte)
    with pytest.raises(errors.CounterNotOpen):
        await service.call_next(conn, now, *seats[0])
    assert (await service.resume_counter(conn, now, *seats[0])).state == "open"
    assert await service.call_next(conn, now, *seats[0]) is not None


async def test_a_counter_closes_by_itself_when_its_last_visitor_has_gone(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    ticket, clerk = await served(conn, now, bsc_mitte, seats[0]), seats[0][1]
    closing = await service.close_counter(conn, now, *seats[0], after_visit=True)
    assert (closing.state, closing.closing) == ("open", True)
    await step(conn, now, ticket, "finish", clerk)
    assert await service.my_counter(conn, clerk) is None
    assert (await seat_again(conn, seats[0]))[0].state == "closed"


@pytest.mark.usefixtures("seats")
async def test_a_clerk_who_has_gone_while_people_wait_is_paused(
    conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    await change_rules(conn, bsc_mitte, pause_after_idle_minutes=5)
    await issue(conn, now, bsc_mitte)
    assert await service.pause_idle_counters(conn, now + 5 * MINUTE) == 0
    assert await service.pause_idle_counters(conn, now + 6 * MINUTE) == 3
    assert await service.pause_idle_counters(conn, now + 6 * MINUTE) == 0


async def test_a_room_that_two_offices_share_is_open_for_one_at_a_time(
    conn: Connection, now: datetime, bsc_mitte: Office, seats: list[Seat]
) -> None:
    await conn.execute("UPDATE counter SET place = 'eg-12' WHERE number = '1' AND office_id = ANY ($1)",
                       [bsc_mitte.id, (await offices.find_office(conn, "bsc-nord")).id])  # fmt: skip
    there = await service.find_counter(conn, "bsc-nord.1")
    colleague = seats[1][1]
    await service.close_counter(conn, now, *seats[1])
    with pytest.raises(errors.CounterTaken):
        await service.open_counter(conn, now, there, None, colleague)
    await service.close_counter(conn, now, *seats[0])
    assert (await service.open_counter(conn, now, there, None, colleague)).state == "open"
