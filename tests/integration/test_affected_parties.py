"""A plan is cut: who has no places is listed, given another hour or cancelled, and hears of it once."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from queue_service.accounts.model import Role
from queue_service.booking.model import Contact
from queue_service.booking.reference import parse_reference
from queue_service.entries import service as entries
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.errors import InvalidFields
from queue_service.platform.queries import Connection
from queue_service.rescheduling import parties, store
from queue_service.rescheduling.model import AffectedPartyRow, MoveItem, Outcome, Why
from tests.integration.running_service import RunningService
from tests.integration.swimming_hall import NOW, OFFICE, book, build, hour, lanes

UNTOLD = Why("")
MAIL = Contact(name="Erika", email="erika@example.org", confirm_by="email")
RUNG = Contact(name="Otto", phone="+49421361123")
NOBODY = Contact()
LATER = NOW + timedelta(hours=1)


def at(day: int) -> datetime:
    return datetime.fromisoformat(f"2027-01-{day}T10:00:00+01:00")


async def hall(conn: Connection) -> Office:
    return await offices.find_office(conn, OFFICE)


async def cut(conn: Connection, *days: int) -> list[str]:
    """Book ten places of the 14th and cut them to four; gives who has none, in the order of booking."""
    await build(conn, lanes(days=[14, *days]))
    booked = [
        await book(conn, hour(14), party=size, contact=contact, now=NOW + timedelta(minutes=n))
        for n, (size, contact) in enumerate([(4, MAIL), (3, NOBODY), (2, RUNG), (1, MAIL)])
    ]
    await conn.execute(
        "UPDATE timed_entry SET places = 4, counter_places = 4, phone_places = 3, online_places = 3"
        " WHERE taken > 0"
    )
    return [made.reference for made in booked[1:]]


async def told(conn: Connection) -> list[str]:
    return [row["kind"] for row in await conn.fetch("SELECT kind FROM outbox ORDER BY created_at, sequence")]


async def test_who_booked_last_is_listed_with_hours_that_all_can_have_together(conn: Connection) -> None:
    lost = await cut(conn, 13, 15, 18)
    listed = (await parties.list_parties(conn, LATER, await hall(conn))).items
    assert {entry.reference: (entry.party_size, entry.told_by) for entry in listed} == dict(
        zip(lost, [(3, []), (2, ["call"]), (1, ["email"])], strict=True)
    )
    assert {entry.proposal.start for entry in listed if entry.proposal} == {at(15)}
    assert [place.start for place in listed[0].others] == [at(18), at(13)]
    assert await parties.count_parties(conn, LATER, await hall(conn)) == 3


async def test_a_moved_party_hears_that_the_office_had_to_and_whoever_has_no_way_is_rung(
    conn: Connection,
) -> None:
    nobody, rung, mail = await cut(conn, 15, 18)
    items = [MoveItem(nobody, at(18)), MoveItem(rung, at(15)), MoveItem(mail, at(15), OFFICE)]
    moved = await parties.move_parties(conn, LATER, await hall(conn), items, Why("", "fault"))
    assert {(one.reference, one.status, *one.told_by) for one in moved.items} == {
        (nobody, "moved"), (rung, "moved", "call"), (mail, "moved", "email"),
    }  # fmt: skip
    assert await told(conn) == ["booked", "booked", "displaced"]
    note = await conn.fetchval("SELECT note FROM callback")
    assert note.startswith(f"Buchungsnummer {rung}.\nDie Buchung am Donnerstag, 14. Januar")
    assert await entries.overbooked(conn, NOW) == []
    assert await entries.broken_invariants(conn, NOW) == []
    again = await parties.move_parties(conn, LATER, await hall(conn), items, UNTOLD)
    assert {one.status for one in again.items} == {"not_affected"}


async def test_what_cannot_be_done_is_said_of_each_and_takes_nothing_from_the_others(
    conn: Connection,
) -> None:
    nobody, rung, mail = await cut(conn, 15, 18)
    await book(conn, hour(15), party=6)
    await book(conn, hour(15), party=2)
    items = [MoveItem(nobody, at(15)), MoveItem(rung, at(16)), MoveItem(mail, at(15)), MoveItem("x", at(15))]
    outcomes = (await parties.move_parties(conn, LATER, await hall(conn), items, UNTOLD)).items
    said = {one.reference: one for one in outcomes}
    assert {reference: one.status for reference, one in said.items()} == {
        nobody: "slot_taken", rung: "invalid_fields", mail: "moved", "x": "not_found",
    }  # fmt: skip
    proposal = said[nobody].proposal
    assert proposal is not None
    assert proposal.start == at(18)
    for wrong in ([items[0], items[0]], [MoveItem(mail, at(15), "bsc-nord")]):
        with pytest.raises(InvalidFields):
            await parties.move_parties(conn, LATER, await hall(conn), wrong, UNTOLD)


async def test_a_cancelled_party_hears_that_it_was_called_off(conn: Connection) -> None:
    _, rung, mail = await cut(conn)
    why = Why("Rohrbruch", "damage")
    outcomes = (await parties.cancel_parties(conn, LATER, await hall(conn), [rung, mail], why)).items
    assert {one.status for one in outcomes} == {"cancelled"}
    assert await told(conn) == ["booked", "booked", "called_off"]
    assert "Grund, nur für uns: Rohrbruch" in await conn.fetchval("SELECT note FROM callback")
    assert await parties.count_parties(conn, LATER, await hall(conn)) == 1


async def decided_by_many(database: Database, reference: str) -> list[Outcome]:
    """Have eight team leads move one party at once, to two different days; gives what each was told."""

    async def decide(day: int) -> Sequence[Outcome]:
        async with database.connection() as own:
            item = MoveItem(reference, at(day))
            return (await parties.move_parties(own, LATER, await hall(own), [item], UNTOLD)).items

    decided = await asyncio.gather(*(decide(15 if n % 2 else 18) for n in range(8)))
    return [outcome for one in decided for outcome in one]


async def test_of_many_who_decide_about_one_party_one_moves_it(database: Database, conn: Connection) -> None:
    mail = (await cut(conn, 15, 18))[-1]
    outcomes = await decided_by_many(database, mail)
    assert Counter(one.status for one in outcomes) == {"moved": 1, "not_affected": 7}
    assert (await told(conn)).count("displaced") == 1


async def test_without_the_lock_several_move_it(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: who is affected is read before anybody has decided, as without the lock."""
    mail = (await cut(conn, 15, 18))[-1]
    everybody = asyncio.Barrier(8)
    affected = store.affected_parties

    async def unlocked(_conn: Connection, _office_id: int, references: Sequence[str]) -> set[str]:
        return {parse_reference(reference) for reference in references}

    async def nothing(*_asked: object) -> None:
        return None

    async def all_at_once(own: Connection, office_id: int, now: datetime) -> list[AffectedPartyRow]:
        found = await affected(own, office_id, now)
        await everybody.wait()
        return found

    monkeypatch.setattr(store, "lock_parties", unlocked)
    monkeypatch.setattr(store, "lock_hours", nothing)
    monkeypatch.setattr(store, "affected_parties", all_at_once)
    outcomes = await decided_by_many(database, mail)
    assert [one.status for one in outcomes].count("moved") > 1


async def test_the_page_moves_what_is_ticked_once_and_asks_before_it_cancels(
    running_service: RunningService, conn: Connection
) -> None:
    token = await running_service.staff_token(Role.SUPERVISOR, office="suedbad")
    async with running_service.client(token) as client:
        hours = (
            await client.get("/api/v1/entries", params={"office": "suedbad", "from": "2026-12-01"})
        ).json()
        who = {"name": "Erika", "phone": "0421 361123"}
        body = {"office": "suedbad", "entry": hours["items"][0]["entry"], "contact": who}
        references = [
            (await client.post("/api/v1/entry-bookings", json=body)).json()["reference"] for _ in range(2)
        ]
        await conn.execute(
            "UPDATE timed_entry SET places = 0, counter_places = 0, phone_places = 0, online_places = 0"
            " WHERE taken > 0"
        )
        client.headers["Accept"] = "text/html"
        assert "2 Buchungen haben keine Plätze mehr" in (await client.get("/plan/suedbad")).text
        listed = (await client.get("/plan/suedbad/parties")).text
        api = (await client.get("/api/v1/offices/suedbad/affected-parties")).json()["items"]
        place = f"suedbad|{api[0]['proposal']['start']}"
        assert place in listed
        moved, kept = api[0]["reference"], api[1]["reference"]
        assert {moved, kept} == set(references)
        form = {"key": "once", "reference": moved, f"place-{moved}": place}
        for _ in range(2):
            assert "1 Buchung ist verlegt" in (await client.post("/plan/suedbad/parties", data=form)).text
        asked = await client.post("/plan/suedbad/parties/cancel", data={"reference": kept})
        assert "1 Buchung absagen" in asked.text
        form = {"key": "then", "reference": kept, "do": "cancel", "reason": "Rohrbruch"}
        assert "1 Buchung ist abgesagt" in (await client.post("/plan/suedbad/parties/cancel", data=form)).text
        nothing = await client.post("/plan/suedbad/parties", data={"key": "none"})
        assert (nothing.status_code, "mindestens eine Buchung" in nothing.text) == (400, True)
    rung = await conn.fetch("SELECT subject FROM callback ORDER BY created_at")
    assert [row["subject"] for row in rung] == [
        "Gebuchte Plätze verlegt: bitte anrufen", "Gebuchte Plätze abgesagt: bitte anrufen",
    ]  # fmt: skip
