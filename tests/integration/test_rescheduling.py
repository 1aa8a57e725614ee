"""A day is staffed otherwise: who is affected, where they go, how they hear of it, and who may do that."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import aiosql
import pytest
from msgspec.structs import replace

from queue_service.accounts.model import Principal, Role
from queue_service.booking import service as booking
from queue_service.booking import staffing_changes
from queue_service.booking.model import Channel, Contact, MoveRequest, PostalAddress
from queue_service.booking.reference import parse_reference
from queue_service.hotline import service as hotline
from queue_service.hotline import store as hotline_store
from queue_service.hotline.model import Callback, NewCallback
from queue_service.notices import letters
from queue_service.offices.catalogue import Office
from queue_service.offices.model import Span
from queue_service.offices.setup_model import StaffedHours
from queue_service.platform.database import Database
from queue_service.platform.errors import IllegalTransition, InvalidFields, NotPermitted, PoolNotFound
from queue_service.platform.queries import Connection, sql_directory
from queue_service.rescheduling import service
from queue_service.rescheduling.model import MoveItem, Outcomes, StaffingChange, Why
from tests.integration.booking_town import NOW, at, build, day_after, hours, office, pool, request
from tests.integration.hotline_staff import staff

DAY = day_after(7)
AFTERWARDS = day_after(8)
"""The next day: whoever loses a place is to get one here."""
BY_EMAIL = Contact(name="Erika Mustermann", email="erika@example.org", confirm_by="email")
BY_CODE = Contact(name="Jörg Weiß", phone="0421 361 12345")
NOBODY_CAN_TELL = Contact(name="Ada Ohne")
BY_LETTER = Contact(
    name="Bo Brief",
    phone="0421 361 54321",
    postal_address=PostalAddress("Am Wall 1", "28195", "Bremen"),
    confirm_by="letter",
)
CLOSED = StaffingChange("Wasserschaden", [])
STRIKE = Why("Streik", "strike")
SUPERVISORS = 6


@pytest.fixture(autouse=True)
def small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that a handful of people take several."""
    monkeypatch.setattr(service, "MOVES_AT_ONCE", 2)


@pytest.fixture
async def mitte(conn: Connection) -> Office:
    built = await build(conn, office("mitte", pool(counters=3)), office("nord", pool("north")))
    return built[0]


@pytest.fixture
async def lead(conn: Connection, mitte: Office) -> Principal:
    return await staff(conn, "lead", Role.SUPERVISOR, office_id=mitte.id)


async def book(
    conn: Connection, contact: Contact, hour: int = 9, day: date = DAY, channel: Channel = "counter"
) -> str:
    asked = request(at(hour, day=day), contact=contact, channel=channel)
    return (await booking.book(conn, NOW, asked)).reference


async def proposed(conn: Connection, lead: Principal, mitte: Office) -> list[MoveItem]:
    listed = await service.list_affected(conn, NOW, lead, mitte)
    return [
        MoveItem(entry.reference, entry.proposal.start, entry.proposal.office)
        for entry in listed.items
        if entry.proposal
    ]


async def messages(conn: Connection, kind: str) -> list[tuple[str, str]]:
    rows = await conn.fetch("SELECT reference, way FROM outbox WHERE kind = $1 ORDER BY reference, way", kind)
    return [(row["reference"], row["way"]) for row in rows]


async def reasons_told(conn: Connection) -> list[str | None]:
    rows = await conn.fetch("SELECT payload ->> 'reason' AS told FROM outbox WHERE payload IS NOT NULL")
    return [row["told"] for row in rows]


async def calls(conn: Connection) -> list[tuple[str, str]]:
    rows = await conn.fetch("SELECT reference, note FROM callback ORDER BY reference")
    return [(row["reference"], row["note"]) for row in rows]


def by_reference(outcomes: Outcomes) -> dict[str, str]:
    return {outcome.reference: outcome.status for outcome in outcomes.items}


async def everything(conn: Connection) -> list[object]:
    """Give all that a staffing change may touch."""
    tables = (
        "appointment", "pool_day", "staffing_override", "outbox", "callback", "callback_event", "change",
        "office_version", "appointment_secret",
    )  # fmt: skip
    return [await conn.fetch(f"SELECT t::text FROM {table} t ORDER BY 1") for table in tables]  # noqa: S608


async def test_a_closed_day_s_visitors_get_new_places_and_each_hears_of_it(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    mail, code, nobody = [await book(conn, who) for who in (BY_EMAIL, BY_CODE, NOBODY_CAN_TELL)]
    closed = await service.change_staffing(conn, NOW, lead, mitte, DAY, CLOSED, preview=False)
    assert {entry.reference for entry in closed.affected} == {mail, code, nobody}
    listed = (await service.list_affected(conn, NOW, lead, mitte)).items
    assert listed == closed.affected
    assert {entry.reference: entry.told_by for entry in listed} == {
        mail: ["email"],
        code: ["call"],
        nobody: [],
    }
    # Three counters: all of them keep their hour, on the next day.
    assert {entry.proposal.start for entry in listed if entry.proposal} == {at(9, day=AFTERWARDS)}
    outcomes = await service.move_affected(conn, NOW, lead, mitte, await proposed(conn, lead, mitte))
    assert {outcome.status for outcome in outcomes.items} == {"moved"}
    assert {outcome.reference: outcome.told_by for outcome in outcomes.items}[nobody] == []
    assert await messages(conn, "displaced") == [(mail, "email")]
    [(reference, note)] = await calls(conn)
    assert reference == parse_reference(code)
    assert "Montag, 18. Januar 2027" in note
    assert "Dienstag, 19. Januar 2027, 09:00" in note
    assert (await service.list_affected(conn, NOW, lead, mitte)).items == []
    assert await booking.verify(conn, NOW) == []


async def test_a_letter_that_would_come_too_late_is_read_out_on_the_telephone(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    soon = await book(conn, BY_LETTER, day=day_after(2))
    no_phone = await book(conn, replace(BY_LETTER, phone=None), day=day_after(2))
    later = await book(conn, BY_LETTER, hour=10)
    for day in (day_after(2), DAY):
        await service.change_staffing(conn, NOW, lead, mitte, day, CLOSED, preview=False)
    listed = (await service.list_affected(conn, NOW, lead, mitte)).items
    assert {entry.reference: entry.told_by for entry in listed} == {
        soon: ["letter", "call"],
        no_phone: ["letter", "door"],
        later: ["letter"],
    }
    # Nobody is sent to a place before the post can have told them of it.
    assert {entry.reference: entry.proposal.start for entry in listed if entry.proposal} == {
        soon: at(9, day=day_after(3)),
        no_phone: at(9, day=day_after(4)),
        later: at(10, day=AFTERWARDS),
    }
    await service.move_affected(conn, NOW, lead, mitte, await proposed(conn, lead, mitte))
    waiting = {letter.reference: letter for letter in await letters.waiting(conn, NOW, [mitte.id])}
    # They come at the former time, whenever the new one is.
    expected = {reference: letter.expected_start for reference, letter in waiting.items()}
    assert expected[no_phone] == at(9, day=day_after(2))
    late = {reference for reference, start in expected.items() if letters.arrives_late(NOW, start)}
    assert late == {soon, no_phone}
    assert waiting[no_phone].recipient.phone is None


async def test_who_booked_first_keeps_the_counter_that_is_left(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    asked = request(at(9, day=DAY), contact=BY_CODE)
    first = (await booking.book(conn, NOW - timedelta(minutes=1), asked)).reference
    second, third = [await book(conn, BY_CODE) for _ in range(2)]
    change = StaffingChange("Krankheit", [StaffedHours(hours(8, 12), 1)], ["citizens"])
    changed = await service.change_staffing(conn, NOW, lead, mitte, DAY, change, preview=False)
    assert {entry.reference for entry in changed.affected} == {second, third}
    outcomes = await service.move_affected(
        conn, NOW, lead, mitte, [MoveItem(ref, at(10, day=DAY)) for ref in (first, second, third)]
    )
    # One counter: of the two at ten o'clock one gets it, and the other is shown the next place.
    statuses = by_reference(outcomes)
    assert statuses[first] == "not_affected"
    assert sorted([statuses[second], statuses[third]]) == ["moved", "slot_taken"]
    [refused] = [outcome for outcome in outcomes.items if outcome.status == "slot_taken"]
    assert refused.proposal is not None
    restored = await service.restore_staffing(conn, NOW, lead, mitte, DAY, [])
    assert restored.affected == []


async def test_a_place_that_is_gone_meanwhile_costs_the_others_nothing(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    people = [await book(conn, BY_EMAIL) for _ in range(3)]
    await service.change_staffing(conn, NOW, lead, mitte, DAY, CLOSED, preview=False)
    items = await proposed(conn, lead, mitte)
    gone = await book(conn, BY_CODE, day=AFTERWARDS)
    outcomes = await service.move_affected(
        conn, NOW, lead, mitte, [*items, MoveItem("BCDF-GHJK", at(9)), MoveItem("Unsinn", at(9))]
    )
    assert sorted(by_reference(outcomes).values()) == [
        "moved", "moved", "not_found", "not_found", "slot_taken",
    ]  # fmt: skip
    [refused] = [outcome for outcome in outcomes.items if outcome.status == "slot_taken"]
    assert refused.proposal is not None
    assert refused.proposal.start == at(8, 45, day=AFTERWARDS)
    again = MoveItem(refused.reference, refused.proposal.start)
    # As with an Idempotency-Key: inside the transaction that remembers the answer.
    async with conn.transaction():
        outcomes = await service.move_affected(conn, NOW, lead, mitte, [again])
    assert by_reference(outcomes) == {refused.reference: "moved"}
    assert len(await messages(conn, "displaced")) == len(people)
    assert (await booking.find(conn, gone)).starts_at == at(9, day=AFTERWARDS)
    assert await booking.verify(conn, NOW) == []


async def _moved_at_once(
    database: Database, mitte: Office, leads: Sequence[Principal], items: list[MoveItem]
) -> list[Outcomes]:
    async def move(lead: Principal, own: list[MoveItem]) -> Outcomes:
        async with database.connection() as conn:
            return await service.move_affected(conn, NOW, lead, mitte, own)

    # Half of them send the list the other way round.
    orders = [items if n % 2 else items[::-1] for n in range(len(leads))]
    return await asyncio.gather(*map(move, leads, orders))


async def test_of_several_supervisors_one_moves_each_appointment(
    conn: Connection, database: Database, mitte: Office, lead: Principal
) -> None:
    people = {await book(conn, BY_EMAIL, hour) for hour in (8, 9, 10, 11) for _ in range(3)}
    await service.change_staffing(conn, NOW, lead, mitte, DAY, CLOSED, preview=False)
    items = await proposed(conn, lead, mitte)
    answers = await _moved_at_once(database, mitte, [lead] * SUPERVISORS, items)
    moved = [outcome.reference for answer in answers for outcome in answer.items if outcome.status == "moved"]
    assert sorted(moved) == sorted(people)
    assert len(await messages(conn, "displaced")) == len(people)
    assert await booking.verify(conn, NOW) == []


@pytest.mark.usefixtures("mitte")
async def test_without_asking_who_is_affected_each_would_be_told_several_times(
    conn: Connection, database: Database
) -> None:
    reference = await book(conn, BY_EMAIL)

    async def move() -> None:
        async with database.connection() as own:
            await booking.move(own, NOW, reference, MoveRequest(at(9, day=AFTERWARDS)), told="displaced")

    await asyncio.gather(*(move() for _ in range(SUPERVISORS)))
    assert len(await messages(conn, "displaced")) > 1


async def test_a_preview_tells_what_happens_and_changes_nothing(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    for contact in (BY_EMAIL, BY_CODE, BY_LETTER):
        await book(conn, contact)
    before = await everything(conn)
    seen = await service.change_staffing(conn, NOW, lead, mitte, DAY, CLOSED, preview=True)
    assert (seen.preview, len(seen.affected)) == (True, 3)
    cancelled = await service.cancel_day(conn, NOW, lead, mitte, DAY, STRIKE, preview=True)
    moved = await service.move_day(conn, NOW, lead, mitte, DAY, STRIKE, preview=True)
    assert await everything(conn) == before
    assert (
        replace(await service.move_day(conn, NOW, lead, mitte, DAY, STRIKE, preview=False), preview=True)
        == moved
    )
    assert [outcome.status for outcome in cancelled.items] == ["cancelled"] * 3
    assert [outcome.status for outcome in moved.items] == ["moved"] * 3


async def test_a_cancelled_day_is_closed_and_everybody_hears_of_it(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    mail, code, nobody = [await book(conn, who) for who in (BY_EMAIL, BY_CODE, NOBODY_CAN_TELL)]
    done = await service.cancel_day(conn, NOW, lead, mitte, DAY, STRIKE, preview=False)
    assert {entry.reference: entry.told_by for entry in done.items} == {
        mail: ["email"],
        code: ["call"],
        nobody: [],
    }
    assert done.left == 0
    assert await messages(conn, "called_off") == [(mail, "email")]
    assert await reasons_told(conn) == ["strike"]
    assert [reference for reference, _ in await calls(conn)] == [parse_reference(code)]
    days = (await service.staffing_plan(conn, NOW, mitte, DAY, DAY)).items
    assert [(day.decided, day.reason, day.booked, day.free_minutes) for day in days] == [([], "Streik", 0, 0)]
    again = await service.cancel_day(conn, NOW, lead, mitte, DAY, STRIKE, preview=False)
    assert again.items == []


async def test_what_suits_nobody_is_called_off_and_what_has_its_counter_is_left_alone(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    mail, code, other = [await book(conn, who) for who in (BY_EMAIL, BY_CODE, BY_EMAIL)]
    kept = await book(conn, BY_EMAIL, day=AFTERWARDS)
    await service.change_staffing(conn, NOW, lead, mitte, DAY, CLOSED, preview=False)
    done = await service.cancel_affected(conn, NOW, mitte, [mail, code, kept, "Unsinn"], STRIKE)
    assert by_reference(done) == {
        mail: "cancelled", code: "cancelled", kept: "not_affected", "Unsinn": "not_found",
    }  # fmt: skip
    assert await messages(conn, "called_off") == [(mail, "email")]
    [(reference, note)] = await calls(conn)
    assert reference == parse_reference(code)
    assert "Bitte mitteilen und einen neuen Termin anbieten.\nGrund, nur für uns: Streik" in note
    again = await service.cancel_affected(conn, NOW, mitte, [mail], STRIKE)
    assert by_reference(again) == {mail: "not_affected"}
    assert [entry.reference for entry in (await service.list_affected(conn, NOW, lead, mitte)).items] == [
        other
    ]
    with pytest.raises(InvalidFields):
        await service.cancel_affected(conn, NOW, mitte, [other, other.lower()], STRIKE)
    assert await booking.verify(conn, NOW) == []


async def displace(conn: Connection, lead: Principal, mitte: Office, day: date) -> None:
    """Close a day and move whoever loses a counter by it."""
    await service.change_staffing(conn, NOW, lead, mitte, day, CLOSED, preview=False)
    await service.move_affected(conn, NOW, lead, mitte, await proposed(conn, lead, mitte))


async def test_whoever_is_moved_again_is_rung_once_about_the_newest_place(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    agent = await staff(conn, "agent", Role.AGENT)
    await book(conn, BY_CODE)
    await displace(conn, lead, mitte, DAY)
    async with conn.transaction():
        [item] = await open_calls(conn, agent)
        await hotline.take(conn, NOW, agent, item.id)
    await displace(conn, lead, mitte, AFTERWARDS)
    # Whoever was just dialling looks again, and doesn't finish what has become another thing.
    async with conn.transaction():
        with pytest.raises(IllegalTransition):
            await hotline.finish(conn, NOW, agent, item.id, "Mitgeteilt.")
        [again] = await open_calls(conn, agent)
    assert (again.id, again.due_at) == (item.id, item.due_at)
    # What the visitor knows of, and what counts now; nothing of the place in between.
    assert "Der Termin am Montag, 18. Januar 2027, 09:00 Uhr" in again.note
    assert "Neuer Termin: Mittwoch, 20. Januar 2027, 09:00 Uhr" in again.note
    assert "19. Januar" not in again.note
    async with conn.transaction():
        await hotline.take(conn, NOW, agent, item.id)
        await hotline.finish(conn, NOW, agent, item.id, "Mitgeteilt.")
    await service.cancel_day(conn, NOW, lead, mitte, day_after(9), STRIKE, preview=False)
    async with conn.transaction():
        [cancelled] = await open_calls(conn, agent)
    assert cancelled.id != item.id
    assert cancelled.subject == "Termin abgesagt: bitte anrufen"
    assert "Der Termin am Mittwoch, 20. Januar 2027" in cancelled.note


async def test_what_somebody_has_changed_as_they_wished_nobody_rings_them_about(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    agent = await staff(conn, "agent", Role.AGENT)
    moved, cancelled, spoken_with = [await book(conn, BY_CODE) for _ in range(3)]
    await displace(conn, lead, mitte, DAY)
    eleven = MoveRequest(at(11, day=AFTERWARDS))
    async with conn.transaction():
        [item] = [one for one in await open_calls(conn, agent) if one.reference == spoken_with]
        await hotline.take(conn, NOW, agent, item.id)
    await booking.move(conn, NOW, moved, eleven, by_visitor=True)
    await booking.cancel(conn, NOW, cancelled, by_visitor=True)
    await booking.move(conn, NOW, spoken_with, eleven)
    async with conn.transaction():
        assert await open_calls(conn, agent) == []
        # Whoever speaks with the visitor finishes what was begun, and the note no longer misleads.
        finished = await hotline.finish(conn, NOW, agent, item.id, "Mitgeteilt.")
    assert finished.note.startswith("Erledigt: inzwischen wie gewünscht verschoben.")
    # What they know since is what the next call begins with.
    await displace(conn, lead, mitte, AFTERWARDS)
    async with conn.transaction():
        notes = {one.reference: one.note for one in await open_calls(conn, agent)}
    assert set(notes) == {moved, spoken_with}
    assert all("Der Termin am Dienstag, 19. Januar 2027, 11:00 Uhr" in note for note in notes.values())


async def open_calls(conn: Connection, agent: Principal) -> list[Callback]:
    listed = await hotline.call_list(
        conn, NOW, agent, "open", due_before=None, mine=False, after=None, limit=9
    )
    return listed.items


async def calls_when_all_tell_at_once(database: Database, conn: Connection, mitte: Office) -> int:
    kept = await booking.find(conn, await book(conn, BY_CODE))
    new = NewCallback(
        authority_id=mitte.authority_id,
        name="Jörg Weiß",
        phone="+4942136112345",
        subject="Termin verlegt: bitte anrufen",
        due_at=NOW,
        reason="call_list",
        reference=kept.reference,
        expected_start=kept.starts_at,
        expected_office_id=mitte.id,
    )

    async def tell() -> None:
        async with database.connection() as own:
            await hotline.add_callback(own, NOW, new)

    await asyncio.gather(*(tell() for _ in range(SUPERVISORS)))
    return len(await calls(conn))


async def test_of_many_who_have_something_to_tell_at_once_one_call_is_made(
    database: Database, conn: Connection, mitte: Office
) -> None:
    assert await calls_when_all_tell_at_once(database, conn, mitte) == 1


async def test_without_the_unique_index_everybody_is_rung_by_each(
    database: Database, conn: Connection, mitte: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""
    text = (sql_directory() / "queries" / "hotline.sql").read_text(encoding="utf-8")
    begin, end = text.index("    ON CONFLICT (reference)"), text.index("    RETURNING id, id = :id AS is_new")
    monkeypatch.setattr(hotline_store, "_queries", aiosql.from_str(text[:begin] + text[end:], "asyncpg"))
    await conn.execute("DROP INDEX callback_change_key")
    assert await calls_when_all_tell_at_once(database, conn, mitte) == SUPERVISORS


async def test_another_office_is_proposed_to_those_who_may_put_appointments_there(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    reference = await book(conn, BY_EMAIL)
    for days in range(32):
        await staffing_changes.change_day(
            conn, NOW, mitte, day_after(days), [], reason="Umbau", actor="staff:1"
        )
    [own] = (await service.list_affected(conn, NOW, lead, mitte)).items
    assert own.proposal is not None
    assert (own.proposal.office, own.proposal.start.date()) == ("mitte", day_after(32))
    head = await staff(conn, "head", Role.SUPERVISOR, authority_id=mitte.authority_id)
    [wide] = (await service.list_affected(conn, NOW, head, mitte)).items
    assert wide.proposal is not None
    assert (wide.proposal.office, wide.proposal.start) == ("nord", at(9, day=DAY))
    item = MoveItem(reference, wide.proposal.start, "nord")
    with pytest.raises(NotPermitted):
        await service.move_affected(conn, NOW, lead, mitte, [item])
    assert by_reference(await service.move_affected(conn, NOW, head, mitte, [item])) == {reference: "moved"}
    assert (await booking.find(conn, reference)).office == "nord"


async def test_the_plan_tells_what_is_planned_decided_booked_and_free(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    await book(conn, BY_CODE)
    await book(conn, BY_CODE)
    change = StaffingChange("Krankheit", [StaffedHours(hours(8, 10), 1, [Span(540, 570)])])
    await service.change_staffing(conn, NOW, lead, mitte, DAY, change, preview=False)
    plan = await service.staffing_plan(conn, NOW, mitte, None, None)
    assert len(plan.items) == 14
    [day] = [entry for entry in plan.items if entry.day == DAY]
    assert (day.planned, day.decided) == ([StaffedHours(hours(8, 12), 3)], change.staffing)
    assert (day.booked, day.affected, day.free_minutes) == (2, 2, 90)
    # Today at ten, two of three counters' four hours are over.
    [today] = (await service.staffing_plan(conn, at(10), mitte, NOW.date(), NOW.date())).items
    assert today.free_minutes == 3 * 120


async def test_impossible_changes_are_refused_field_by_field(
    conn: Connection, mitte: Office, lead: Principal
) -> None:
    impossible = [
        StaffedHours(Span(720, 480), 1),
        StaffedHours(Span(481, 600), 1),
        StaffedHours(Span(480, 1500), 1),
        StaffedHours(Span(480, 600), 1, [Span(590, 610)]),
    ]
    change = StaffingChange("Versuch", impossible)
    with pytest.raises(InvalidFields) as refused:
        await service.change_staffing(conn, NOW, lead, mitte, DAY, change, preview=False)
    assert [error.field for error in refused.value.errors] == [
        "staffing[0].hours", "staffing[1].hours", "staffing[2].hours", "staffing[3].breaks[0]",
    ]  # fmt: skip
    with pytest.raises(InvalidFields):
        await service.change_staffing(conn, NOW, lead, mitte, day_after(-1), CLOSED, preview=False)
    unknown = StaffingChange("Versuch", [], ["nowhere"])
    with pytest.raises(PoolNotFound):
        await service.change_staffing(conn, NOW, lead, mitte, DAY, unknown, preview=False)
    reference = await book(conn, BY_CODE)
    twice = [MoveItem(reference, at(9)), MoveItem(reference.lower(), at(10))]
    with pytest.raises(InvalidFields):
        await service.move_affected(conn, NOW, lead, mitte, twice)
