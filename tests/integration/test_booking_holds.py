"""A hold keeps a place for some minutes; confirming it can't fail for want of one."""

from datetime import timedelta

import pytest

from queue_service.booking import service
from queue_service.booking.model import HOLD_TIME, Channel, Contact
from queue_service.platform.errors import (
    AppointmentCancelled,
    AppointmentNotFound,
    HoldExpired,
    IllegalTransition,
    InvalidFields,
    SlotTaken,
)
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, book, build, clock, fits, office, request, search


@pytest.mark.parametrize(("channel", "minutes"), [("phone", 5), ("online", 15), ("counter", 5)])
async def test_a_hold_lasts_as_long_as_its_channel_needs(
    conn: Connection, channel: Channel, minutes: int
) -> None:
    await build(conn, office())
    made = await service.book(conn, NOW, request(at(9), channel=channel, hold=True))
    assert made.status == "held"
    assert made.expires_at == NOW + timedelta(minutes=minutes) == NOW + HOLD_TIME[channel]


async def test_a_held_place_is_nobody_elses(conn: Connection) -> None:
    await build(conn, office())
    await book(conn, at(8), hold=True)
    assert clock((await search(conn)).items)[0] == "08:15"
    with pytest.raises(SlotTaken):
        await book(conn, at(8))


async def test_a_confirmed_hold_is_an_appointment_that_does_not_expire(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8), hold=True)
    confirmed = await service.confirm(conn, NOW, reference)
    assert (confirmed.state, confirmed.expires_at) == ("booked", None)
    assert await service.expire_holds(conn, NOW + timedelta(days=1)) == 0


async def test_a_caller_may_be_asked_for_the_name_after_the_place_is_held(conn: Connection) -> None:
    await build(conn, office())
    held = await service.book(
        conn, NOW, request(at(8), channel="phone", hold=True, contact=Contact(language="en"))
    )
    with pytest.raises(InvalidFields) as refused:
        await service.confirm(conn, NOW, held.reference)
    assert [error.field for error in refused.value.errors] == ["contact.name"]
    contact = Contact(name="Erika Mustermann", phone="0421 361-8888")
    confirmed = service.shown_appointment(await service.confirm(conn, NOW, held.reference, contact))
    assert confirmed.contact is not None
    assert (confirmed.contact.name, confirmed.contact.phone) == ("Erika Mustermann", "+494213618888")


async def test_a_refused_confirmation_leaves_the_hold_as_it_was(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8), hold=True)
    with pytest.raises(InvalidFields):
        await service.confirm(conn, NOW, reference, Contact(name="Jan", phone="nonsense"))
    kept = await service.find(conn, reference)
    assert kept.state == "held"
    assert kept.contact is not None
    assert kept.contact.name == "Erika Mustermann"


async def test_a_hold_that_is_over_can_not_be_confirmed_even_before_the_sweep(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8), hold=True)
    for now in (NOW + HOLD_TIME["counter"], NOW + timedelta(hours=3)):
        with pytest.raises(HoldExpired):
            await service.confirm(conn, now, reference)


async def test_the_sweep_frees_the_places_of_holds_that_are_over_and_no_others(conn: Connection) -> None:
    await build(conn, office())
    await book(conn, at(8), hold=True)
    await service.book(conn, NOW, request(at(9), channel="online", hold=True))
    await book(conn, at(10))
    later = NOW + HOLD_TIME["counter"]
    assert await service.expire_holds(conn, later - timedelta(seconds=1)) == 0
    assert await service.expire_holds(conn, later) == 1
    assert await service.expire_holds(conn, later) == 0
    assert clock((await search(conn)).items)[0] == "08:00"
    assert await fits(conn) == 21
    assert await service.verify(conn, later) == []


async def test_a_swept_hold_is_over_for_every_verb(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8), hold=True)
    await service.expire_holds(conn, NOW + timedelta(hours=1))
    for verb in (service.confirm, service.cancel):
        with pytest.raises(HoldExpired):
            await verb(conn, NOW, reference)


async def test_a_hold_can_be_given_back_at_once(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8), hold=True)
    assert (await service.cancel(conn, NOW, reference)).state == "cancelled"
    assert await fits(conn) == 48
    with pytest.raises(AppointmentCancelled):
        await service.confirm(conn, NOW, reference)


async def test_what_is_booked_can_not_be_confirmed_again(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8))
    with pytest.raises(IllegalTransition) as refused:
        await service.confirm(conn, NOW, reference)
    assert refused.value.extra["state"] == "booked"
    assert "move" in refused.value.extra["allowed"]


async def test_an_unknown_reference_is_not_found(conn: Connection) -> None:
    for reference in ("K7RM-W3XA", "2222-2222", "nonsense"):
        with pytest.raises(AppointmentNotFound):
            await service.confirm(conn, NOW, reference)


async def test_screens_hear_of_a_hold_only_when_it_is_confirmed(conn: Connection) -> None:
    await build(conn, office())
    await conn.execute("DELETE FROM change")
    reference = await book(conn, at(8), hold=True)
    assert await conn.fetchval("SELECT count(*) FROM change") == 0
    await service.confirm(conn, NOW, reference)
    assert await conn.fetchval("SELECT kind FROM change") == "appointment.booked"
