"""A person is found by name, telephone or e-mail; who looked is noted, and what was asked is not."""

from datetime import timedelta

import pytest

from queue_service.accounts.model import Principal, Role
from queue_service.audit import service as audit
from queue_service.audit.model import ACCESSES_KEPT
from queue_service.booking import service as booking
from queue_service.booking.model import CONTACT_KEPT, Contact
from queue_service.booking.reference import parse_reference
from queue_service.hotline import people
from queue_service.hotline.model import MOST_PEOPLE, DuplicateSearch, PeopleFound, PersonNamed, PersonSearch
from queue_service.platform.errors import InvalidFields
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, build, day_after, office, pool, request
from tests.integration.hotline_staff import staff
from tests.integration.running_service import RunningService
from tests.integration.servers import on_every_server

pytestmark = on_every_server

MOBILE = "0151 23456789"


async def booked(
    conn: Connection, name: str, hour: int = 9, *codes: str, day: int = 0, **contact: str
) -> str:
    """Book for somebody; gives the reference."""
    who = Contact(name=name, **contact)  # type: ignore[arg-type]  # texts alone
    made = await booking.book(
        conn, NOW + timedelta(minutes=hour), request(at(hour, day=day_after(day)), *codes, contact=who)
    )
    return made.reference


async def find(conn: Connection, who: Principal, **asked: str) -> PeopleFound:
    """Search as this member of staff does."""
    async with conn.transaction():
        return await people.find_appointments(conn, NOW, who, PersonSearch(**asked))


async def names(conn: Connection, who: Principal, **asked: str) -> list[str]:
    found = await find(conn, who, **asked)
    return [item.contact.name for item in found.items if item.contact]


async def test_a_name_is_found_however_it_is_written_and_by_the_beginnings_of_its_words(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    for name in ("Jürgen Müller-Lüdenscheidt", "Anna Groß", "Łukasz O’Neill Şahin", "Ivan Иванов"):
        await booked(conn, name)
    agent = await staff(conn, "agent")
    for asked, found in {
        "müller": "Jürgen Müller-Lüdenscheidt",
        "MUELLER": "Jürgen Müller-Lüdenscheidt",
        "luedensch jurg": "Jürgen Müller-Lüdenscheidt",
        "Mue": "Jürgen Müller-Lüdenscheidt",
        "Ju\u0308rgen": "Jürgen Müller-Lüdenscheidt",
        "gross, an": "Anna Groß",
        "lukasz sahin": "Łukasz O’Neill Şahin",
        "O'NEILL": "Łukasz O’Neill Şahin",
        "Ива": "Ivan Иванов",
    }.items():
        assert await names(conn, agent, name=asked) == [found], asked
    for asked in ("üller", "anna müller", "xy", "gr':* | 'mu", "mu\\ller\\", "%%"):
        if people.SEARCHABLE.search(asked):
            assert await names(conn, agent, name=asked) == [], asked


async def test_number_and_address_are_compared_as_they_are_kept_and_all_that_is_given_must_fit(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    await booked(conn, "Erika Muster", phone=MOBILE, email="erika@example.org")
    await booked(conn, "Max Muster", 10, phone=MOBILE)
    agent = await staff(conn, "agent")
    assert await names(conn, agent, phone="+49 151 2345 6789") == ["Max Muster", "Erika Muster"]
    assert await names(conn, agent, email="ERIKA@example.org") == ["Erika Muster"]
    assert await names(conn, agent, phone=MOBILE, name="max") == ["Max Muster"]
    assert await names(conn, agent, phone=MOBILE, name="m") == ["Max Muster", "Erika Muster"]
    for nothing in ({}, {"name": "m"}, {"name": "' ' %"}, {"phone": "4711"}):
        with pytest.raises(InvalidFields):
            await find(conn, agent, **nothing)


async def test_more_than_an_answer_holds_come_with_the_next_one(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    references = [await booked(conn, "Vera Viel", 8 + number // 9) for number in range(MOST_PEOPLE + 3)]
    agent = await staff(conn, "agent")
    first = await find(conn, agent, name="viel")
    assert (len(first.items), first.next) == (MOST_PEOPLE, first.items[-1].reference)
    second = await find(conn, agent, name="viel", after=str(first.next))
    assert second.next is None
    assert {item.reference for item in (*first.items, *second.items)} == set(references)
    assert first.items[0].created_at > second.items[-1].created_at


async def test_staff_find_only_what_their_grants_reach_and_each_look_is_noted_without_the_words(
    conn: Connection,
) -> None:
    here, there = await build(conn, office("mitte", pool()), office("nord", pool("north")))
    reference = await booked(conn, "Erika Muster", phone=MOBILE)
    clerk = await staff(conn, "clerk", Role.CLERK, office_id=here.id)
    agent = await staff(conn, "agent", authority_id=here.authority_id)
    stranger = await staff(conn, "stranger", Role.CLERK, office_id=there.id)
    roleless = Principal(kind="staff", key="staff:0", user_id=0)
    for who in (clerk, agent):
        assert await names(conn, who, name="erika") == ["Erika Muster"]
    for who in (stranger, roleless):
        assert await names(conn, who, phone=MOBILE) == []
    noted = (await audit.accesses_at(conn, here.id, before_id=None, limit=10)).items
    assert [(one.actor, one.what, one.seen) for one in noted] == [
        (who.key, "search", [parse_reference(reference)]) for who in (agent, clerk)
    ]
    rows = await conn.fetch("SELECT to_jsonb(a)::text AS row FROM contact_access a")
    assert not any("rika" in row["row"] or "23456789" in row["row"] for row in rows)
    assert (await audit.accesses_at(conn, there.id, before_id=None, limit=10)).items == []
    await audit.forget_accesses(conn, NOW + ACCESSES_KEPT)
    assert len((await audit.accesses_at(conn, here.id, before_id=None, limit=1)).items) == 1
    await audit.forget_accesses(conn, NOW + ACCESSES_KEPT + timedelta(seconds=1))
    assert (await audit.accesses_at(conn, here.id, before_id=None, limit=10)).items == []


async def test_who_was_forgotten_is_not_found(conn: Connection) -> None:
    await build(conn, office("mitte", pool()))
    await booked(conn, "Erika Muster", phone=MOBILE)
    agent = await staff(conn, "agent")
    await booking.forget_contacts(conn, at(10) + CONTACT_KEPT)
    assert await names(conn, agent, name="erika") == await names(conn, agent, phone=MOBILE) == []


async def test_a_second_booking_is_warned_of_the_same_service_first(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    same_service = await booked(conn, "Erika Muster", 9, "passport", day=3)
    by_phone = await booked(conn, "Somebody Else", 9, "certificate", day=1, phone=MOBILE)
    nearer = await booked(conn, "Else", 9, "certificate", day=2, phone=MOBILE, email="e@example.org")
    by_mail = await booked(conn, "", 10, "certificate", day=2, email="E@example.org")
    over = await booked(conn, "Erika Muster", 8, "passport")
    cancelled = await booked(conn, "Erika Muster", 11, "passport", phone=MOBILE)
    await booking.cancel(conn, NOW, cancelled)
    held = await booked(conn, "Erika Muster", 11, "passport", day=4)
    await booked(conn, "Erika Mustermann", 11, "passport")
    asked = DuplicateSearch(
        contact=PersonNamed(name="muster ERIKA", phone=MOBILE, email="e@example.org"),
        services=["passport"],
        start=at(9, day=day_after(2)),
        reference=held,
    )
    agent = await staff(conn, "agent")
    async with conn.transaction():
        found = await people.find_duplicates(conn, at(10), agent, asked)
    assert over not in {one.reference for one in found.items}
    assert [(one.reference, one.match) for one in found.items] == [
        (same_service, "name"),
        (nearer, "phone"),
        (by_phone, "phone"),
        (by_mail, "email"),
    ]
    assert (found.items[0].office, found.items[0].start) == ("mitte", at(9, day=day_after(3)))


async def test_staff_who_open_an_appointment_are_noted_and_its_visitor_is_not(
    running_service: RunningService,
) -> None:
    admin = await running_service.staff_token(Role.ADMIN, office="bsc-mitte")
    async with running_service.client(admin) as client:
        slots = await client.get(
            "/api/v1/slots", params={"service": "personalausweis", "office": "bsc-mitte"}
        )
        body = {
            "office": "bsc-mitte",
            "services": [{"service": "personalausweis"}],
            "start": slots.json()["items"][0]["start"],
            "contact": {"name": "Erika Mustermann", "phone": MOBILE},
        }
        made = (await client.post("/api/v1/appointments", json=body)).json()
        address = f"/api/v1/appointments/{made['reference']}"
        async with running_service.client() as visitor:
            assert (await visitor.get(address, params={"secret": made["secret"]})).status_code == 200
            assert (await visitor.get(address)).status_code == 404
        assert (await client.get(address)).status_code == 200
        key = {"Idempotency-Key": "once"}
        for _ in range(2):
            assert (await client.post(f"{address}/cancel", headers=key)).status_code == 200
        seen = await client.get("/api/v1/contact-accesses", params={"office": "bsc-mitte", "limit": 1})
        assert [one["what"] for one in seen.json()["items"]] == ["cancel"]
        earlier = await client.get(
            "/api/v1/contact-accesses", params={"office": "bsc-mitte", "before": seen.json()["next"]}
        )
    assert [(one["what"], one["seen"]) for one in earlier.json()["items"]] == [
        ("read", [parse_reference(made["reference"])])
    ]
    assert "next" not in earlier.json()
