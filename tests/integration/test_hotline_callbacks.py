"""Somebody is to be called: one of those who may does it, and knows what was said before."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import aiosql
import pytest

from queue_service.accounts.model import Principal, Role
from queue_service.booking.model import CONTACT_KEPT
from queue_service.hotline import service, store
from queue_service.hotline.model import (
    CallbackState,
    CallCounts,
    CallList,
    KeptCallback,
    NewCallback,
)
from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.errors import (
    CallbackNotFound,
    CallbackTaken,
    IllegalTransition,
    InvalidFields,
    ServiceNotFound,
)
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.booking_town import NOW, build, office
from tests.integration.hotline_staff import staff
from tests.integration.running_service import RunningService

HOUR = timedelta(hours=1)
AGENTS = 30
GUARD = "state = ANY (:from_states ::text[])\n"


async def to_call(conn: Connection, place: Office, *, hours: int = 1, everybody: bool = False) -> UUID:
    """Put somebody on the list of an office, or of everybody who answers for its authority."""
    new = NewCallback(
        authority_id=place.authority_id,
        office_id=None if everybody else place.id,
        name="Erika Muster",
        phone="+4942136112345",
        subject="Termin mit Dolmetscher",
        note="Braucht Polnisch.",
        due_at=NOW + hours * HOUR,
        service="passport",
    )
    return await service.add_callback(conn, NOW, new)


async def listed(conn: Connection, who: Principal, state: CallbackState = "open") -> list[UUID]:
    return [item.id for item in (await call_list(conn, who, state)).items]


async def call_list(
    conn: Connection,
    who: Principal,
    state: CallbackState = "open",
    *,
    limit: int = 50,
    after: UUID | None = None,
) -> CallList:
    async with conn.transaction():
        return await service.call_list(
            conn, NOW, who, state, due_before=None, mine=False, after=after, limit=limit
        )


async def test_an_item_goes_from_hand_to_hand_and_keeps_what_was_said(conn: Connection) -> None:
    (mitte,) = await build(conn, office())
    first, second = await staff(conn, "Frau Ahlers"), await staff(conn, "Herr Boje")
    item = await to_call(conn, mitte)
    assert (await service.take(conn, NOW, first, item)).taken_by_name == "Frau Ahlers"
    with pytest.raises(CallbackTaken) as taken:
        await service.take(conn, NOW, second, item)
    assert taken.value.extra == {"taken_by": "Frau Ahlers"}
    for verb in (
        service.finish(conn, NOW, second, item, "angerufen"),
        service.release(conn, NOW, second, item),
        service.postpone(conn, NOW, second, item, NOW, ""),
    ):
        with pytest.raises(CallbackTaken):
            await verb
    await service.postpone(conn, NOW + HOUR, first, item, NOW + 5 * HOUR, "Nur nachmittags")
    with pytest.raises(IllegalTransition) as open_again:
        await service.finish(conn, NOW, first, item, "angerufen")
    assert open_again.value.extra["allowed"] == ["take", "postpone", "withdraw"]
    await service.take(conn, NOW + 5 * HOUR, second, item)
    done = await service.finish(conn, NOW + 5 * HOUR, second, item, "Termin gebucht")
    assert (done.state, done.taken_by, done.due_at) == ("done", None, NOW + 5 * HOUR)
    assert [(step.verb, step.by, step.note) for step in done.timeline] == [
        ("add", None, ""),
        ("take", "Frau Ahlers", ""),
        ("postpone", "Frau Ahlers", "Nur nachmittags"),
        ("take", "Herr Boje", ""),
        ("done", "Herr Boje", "Termin gebucht"),
    ]


async def test_a_supervisor_gives_back_what_somebody_took_home_but_does_not_finish_it(
    conn: Connection,
) -> None:
    (mitte,) = await build(conn, office())
    agent = await staff(conn, "agent")
    supervisor = await staff(conn, "supervisor", Role.SUPERVISOR, office_id=mitte.id)
    item = await to_call(conn, mitte)
    await service.take(conn, NOW, agent, item)
    with pytest.raises(CallbackTaken):
        await service.finish(conn, NOW, supervisor, item, "angerufen")
    assert (await service.release(conn, NOW, supervisor, item, "Frühschicht zu Ende")).state == "open"


async def test_what_there_is_nothing_left_to_tell_about_is_withdrawn_once(conn: Connection) -> None:
    (mitte,) = await build(conn, office())
    agent = await staff(conn, "agent")
    item = await to_call(conn, mitte)
    await service.take(conn, NOW, agent, item)
    assert await service.withdraw_callback(conn, NOW, item, "Der Platz ist vergeben.")
    assert not await service.withdraw_callback(conn, NOW, item, "Der Platz ist vergeben.")
    with pytest.raises(IllegalTransition):
        await service.finish(conn, NOW, agent, item, "angerufen")


async def test_everybody_sees_what_the_own_grants_reach_the_most_urgent_first(conn: Connection) -> None:
    mitte, nord = await build(conn, office("mitte"), office("nord"))
    later, everybodys, urgent, elsewhere = [
        await to_call(conn, mitte, hours=4),
        await to_call(conn, mitte, hours=3, everybody=True),
        await to_call(conn, mitte, hours=1),
        await to_call(conn, nord, hours=2),
    ]
    everywhere = await staff(conn, "agent")
    of_authority = await staff(conn, "bremen", authority_id=mitte.authority_id)
    here = await staff(conn, "here", office_id=mitte.id)
    clerk = await staff(conn, "clerk", Role.CLERK)
    for who in (everywhere, of_authority):
        assert await listed(conn, who) == [urgent, elsewhere, everybodys, later]
    assert await listed(conn, here) == [urgent, later]
    assert await listed(conn, clerk) == []
    for who, item in ((here, elsewhere), (here, everybodys), (clerk, urgent)):
        with pytest.raises(CallbackNotFound):
            await service.take(conn, NOW, who, item)
    first = await call_list(conn, everywhere, limit=3)
    assert first.next == everybodys
    assert [item.id for item in (await call_list(conn, everywhere, after=first.next)).items] == [later]
    noted = await conn.fetch("SELECT office_id, seen FROM contact_access WHERE actor = $1", here.key)
    assert [(row["office_id"], row["seen"]) for row in noted] == [(mitte.id, [str(urgent), str(later)])]


async def test_calls_are_counted_by_grants_and_nobody_is_noted_to_have_seen_a_name(conn: Connection) -> None:
    mitte, nord = await build(conn, office("mitte"), office("nord"))
    here, agent = await staff(conn, "here", office_id=mitte.id), await staff(conn, "agent")
    taken = await to_call(conn, mitte)
    for place in (mitte, nord, nord):
        await to_call(conn, place)
    await service.take(conn, NOW, here, taken)
    noted = await conn.fetchval("SELECT count(*) FROM contact_access")
    assert await service.count_calls(conn, here) == CallCounts(open=1, mine=1, offered=0)
    assert await service.count_calls(conn, agent) == CallCounts(open=3, mine=0, offered=0)
    assert await conn.fetchval("SELECT count(*) FROM contact_access") == noted


async def test_a_due_time_or_service_that_nobody_can_mean_is_refused(conn: Connection) -> None:
    (mitte,) = await build(conn, office())
    for hours in (-25, 366 * 24):
        with pytest.raises(InvalidFields):
            await to_call(conn, mitte, hours=hours)
    new = NewCallback(
        authority_id=mitte.authority_id, name="x", phone="+49", subject="x", due_at=NOW, service="dragons"
    )
    with pytest.raises(ServiceNotFound):
        await service.add_callback(conn, NOW, new)


async def test_two_days_after_its_end_an_item_names_nobody(conn: Connection) -> None:
    (mitte,) = await build(conn, office())
    agent = await staff(conn, "agent")
    item = await to_call(conn, mitte)
    still_open = await to_call(conn, mitte)
    await service.take(conn, NOW, agent, item)
    await service.finish(conn, NOW, agent, item, "Erika Muster kommt am Montag")
    await service.forget_callbacks(conn, NOW + CONTACT_KEPT)
    assert (await service.find_callback(conn, agent, item)).name == "Erika Muster"
    await service.forget_callbacks(conn, NOW + CONTACT_KEPT + HOUR)
    kept = await service.find_callback(conn, agent, item)
    assert (kept.name, kept.phone, kept.subject, kept.note) == ("", None, "", "")
    assert {step.note for step in kept.timeline} == {""}
    assert service.shown_callback(kept, agent).phone_shown is None
    assert (await service.find_callback(conn, agent, still_open)).phone is not None
    # What nobody has come to ends by itself, and is forgotten as the others are.
    forgotten = NOW + service.STALE_AFTER + timedelta(days=1)
    await service.forget_callbacks(conn, forgotten)
    assert (await service.find_callback(conn, agent, still_open)).state == "withdrawn"
    await service.forget_callbacks(conn, forgotten + CONTACT_KEPT + HOUR)
    assert (await service.find_callback(conn, agent, still_open)).phone is None


async def takers(database: Database, agents: list[Principal], item: UUID) -> int:
    """Let all of them take it at once; gives how many have it."""

    async def take(who: Principal) -> KeptCallback | None:
        async with database.transaction() as conn:
            with suppress(CallbackTaken):
                return await service.take(conn, NOW, who, item)
        return None

    return sum(kept is not None for kept in await asyncio.gather(*map(take, agents)))


async def test_of_thirty_agents_who_take_an_item_one_has_it(database: Database, conn: Connection) -> None:
    (mitte,) = await build(conn, office())
    agents = [await staff(conn, f"agent {number}") for number in range(AGENTS)]
    assert await takers(database, agents, await to_call(conn, mitte)) == 1


async def test_without_its_guard_the_same_statement_gives_it_to_several(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""
    (mitte,) = await build(conn, office())
    agents = [await staff(conn, f"agent {number}") for number in range(5)]
    text = (sql_directory() / "queries" / "hotline.sql").read_text(encoding="utf-8")
    unguarded = text.replace(GUARD, ":from_states ::text[] IS NOT NULL\n").replace(
        "taken_by IS NULL OR", "true OR"
    )
    assert unguarded.count(":from_states ::text[] IS NOT NULL") == 1
    monkeypatch.setattr(store, "_queries", aiosql.from_str(unguarded, "asyncpg"))
    assert await takers(database, agents, await to_call(conn, mitte)) > 1


async def test_an_agent_promises_a_call_about_an_appointment_and_others_see_it(
    running_service: RunningService,
) -> None:
    token = await running_service.staff_token(Role.AGENT, authority="bremen")
    elsewhere = await running_service.staff_token(Role.AGENT, authority="bremerhaven")
    body = {
        "name": " Erika  Muster ",
        "phone": "0421 361 12345",
        "subject": "Rückruf",
        "due_at": (running_service.clock() + HOUR).isoformat(),
    }
    async with running_service.client(token) as client, running_service.client(elsewhere) as other:
        slots = await client.get("/api/v1/slots", params={"service": "personalausweis", "office": "bsc-nord"})
        booking = {
            "office": "bsc-nord",
            "services": [{"service": "personalausweis"}],
            "start": slots.json()["items"][0]["start"],
        }
        reference = (await client.post("/api/v1/appointments", json=booking)).json()["reference"]
        about = body | {"reference": reference}
        made = await client.post("/api/v1/callbacks", json=about, headers={"Idempotency-Key": "1"})
        again = await client.post("/api/v1/callbacks", json=about, headers={"Idempotency-Key": "1"})
        assert (made.status_code, made.content) == (201, again.content)
        item = made.json()
        assert (item["office"], item["reference"], item["name"]) == ("bsc-nord", reference, "Erika Muster")
        assert (item["phone"], item["phone_shown"]) == ("+4942136112345", "0421 36112345")
        assert (await client.get("/api/v1/callbacks")).json()["items"] == [item]
        due = {"due_before": running_service.clock().isoformat()}
        assert (await client.get("/api/v1/callbacks", params=due)).json() == {"items": []}
        taken = await client.post(f"/api/v1/callbacks/{item['id']}/take")
        assert (taken.json()["state"], taken.json()["mine"]) == ("taken", True)
        mine = await client.get("/api/v1/callbacks", params={"state": "taken", "mine": "true"})
        assert [one["id"] for one in mine.json()["items"]] == [item["id"]]
        assert (await other.get("/api/v1/callbacks")).json() == {"items": []}
        refused = [
            (await other.post(f"/api/v1/callbacks/{item['id']}/take"), "callback_not_found"),
            (await other.post("/api/v1/callbacks", json=about), "appointment_not_found"),
            (await other.post("/api/v1/callbacks", json=body | {"office": "bsc-nord"}), "not_permitted"),
            (await client.post("/api/v1/callbacks", json=body), "invalid_fields"),
            (await client.post("/api/v1/callbacks", json=about | {"phone": "4711"}), "invalid_fields"),
            (
                await client.post("/api/v1/callbacks", json=body | {"authority": "nowhere"}),
                "authority_not_found",
            ),
            (await client.get("/api/v1/callbacks", params={"due_before": "soon"}), "invalid_fields"),
        ]
    assert [answer.json()["code"] for answer, _ in refused] == [code for _, code in refused]
