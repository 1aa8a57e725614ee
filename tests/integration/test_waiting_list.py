"""A place that becomes free is kept for whoever asked first among those whom it fits, until they answer."""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from queue_service.booking import service, waiting_list
from queue_service.booking.model import CONTACT_KEPT, Contact, MoveRequest
from queue_service.booking.supply_guard import Asker, OnlineLimits
from queue_service.booking.waiting_model import DayHours
from queue_service.offices.model import Span
from queue_service.platform.database import connect
from queue_service.platform.errors import (
    HoldExpired,
    IllegalTransition,
    InvalidFields,
    OfficeNotFound,
    ServiceNotOffered,
    SlotTaken,
    TooManyBookings,
    WaitingEntryNotFound,
)
from queue_service.platform.queries import Connection
from tests.integration.booking_town import (
    NOW,
    TODAY,
    at,
    book,
    build,
    clock,
    day_after,
    office,
    pool,
    restaff,
    search,
)
from tests.integration.waiting_people import (
    QUARTER,
    TOMORROW,
    entry,
    held_for,
    join,
    one_place_a_day,
    sound,
    states,
    wanting,
)

IN_TIME = NOW + timedelta(hours=1)
TOO_LATE = NOW + timedelta(hours=3, minutes=1)
"""The office's time to answer runs from eight in the morning, an hour after NOW."""


async def messages(conn: Connection) -> list[tuple[str, str, str]]:
    rows = await conn.fetch("SELECT kind, way, state FROM outbox ORDER BY created_at, kind, way")
    return [tuple(row) for row in rows]


async def test_a_place_that_is_cancelled_is_held_for_who_waits_and_no_search_ever_sees_it(
    conn: Connection, dsn: str
) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    other = await connect(dsn)
    async with conn.transaction():
        await service.cancel(conn, NOW, booked)
        assert clock((await search(other)).items, TOMORROW) == []
    assert clock((await search(other)).items, TOMORROW) == []
    await other.close()
    assert await states(conn, waiting) == ["offered"]
    with pytest.raises(SlotTaken):
        await book(conn, at(8, day=TOMORROW))
    assert await sound(conn)


async def test_who_asked_first_comes_first(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    people = [await join(conn) for _ in range(3)]
    await service.cancel(conn, NOW, booked)
    assert await states(conn, *people) == ["offered", "waiting", "waiting"]


async def test_whom_a_place_does_not_fit_is_not_asked(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=QUARTER)), office("nord", pool("north", counters=0)))
    booked = await book(conn, at(8, day=TOMORROW))
    weekend = (day_after(5), day_after(6))
    unsuitable = {
        "too long": wanting("family"),
        "too early": wanting(first=weekend[0], last=weekend[1]),
        "past the deadline": wanting(first=TODAY, last=TODAY, notice=24),
        "another weekday": wanting(weekdays=[1, 3]),
        "other hours": wanting(hours=DayHours("08:05", "12:00")),
        "too short a notice": wanting(notice=24),
        "another office": wanting(offices=["nord"]),
    }
    passed_over = {why: await join(conn, request) for why, request in unsuitable.items()}
    suited = await join(conn)
    await service.cancel(conn, NOW, booked)
    found = {why: (await entry(conn, reference)).state for why, reference in passed_over.items()}
    assert found == dict.fromkeys(unsuitable, "waiting")
    assert await states(conn, suited) == ["offered"]


async def test_a_long_gap_serves_as_many_as_fit_into_it(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=Span(480, 515))))
    booked = await book(conn, at(8, day=TOMORROW), "family")
    people = [await join(conn, wanting(code)) for code in ("passport", "family", "passport", "certificate")]
    await service.cancel(conn, NOW, booked)
    assert await states(conn, *people) == ["offered", "waiting", "offered", "waiting"]
    assert await waiting_list.broken_invariants(conn) == []


async def test_an_accepted_offer_is_an_appointment_and_is_confirmed(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn, wanting(ways=["sms", "email"]))
    await service.cancel(conn, NOW, booked)
    assert await messages(conn) == [
        (kind, way, "queued") for kind in ("offered", "waiting_joined") for way in ("email", "sms")
    ]
    kept = await waiting_list.accept(conn, IN_TIME, await entry(conn, waiting))
    assert (kept.state, kept.starts_at) == ("booked", at(8, day=TOMORROW))
    assert await states(conn, waiting) == ["accepted"]
    assert [told for told in await messages(conn) if told[2] == "queued"] == [
        ("booked", "email", "queued"),
        ("booked", "sms", "queued"),
    ]
    assert await waiting_list.broken_invariants(conn) == []


async def test_confirming_the_held_appointment_by_its_own_link_is_the_same(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    made = await waiting_list.join(conn, NOW, wanting())
    await service.cancel(conn, NOW, booked)
    appointment = await held_for(conn, made.reference)
    assert service.opens(await service.find(conn, appointment), made.secret)
    await service.confirm(conn, IN_TIME, appointment)
    assert await states(conn, made.reference) == ["accepted"]


async def test_a_refused_place_goes_to_the_next_at_once_and_its_message_is_taken_back(
    conn: Connection,
) -> None:
    (booked,) = await one_place_a_day(conn)
    first, second = await join(conn, wanting(ways=["sms"])), await join(conn)
    await service.cancel(conn, NOW, booked)
    refused = await waiting_list.refuse(conn, IN_TIME, await entry(conn, first))
    assert (refused.state, refused.refused) == ("waiting", 1)
    assert await states(conn, second) == ["offered"]
    assert await messages(conn) == [("offered", "sms", "withdrawn"), ("waiting_joined", "sms", "queued")]
    assert await waiting_list.broken_invariants(conn) == []


async def test_who_refuses_keeps_the_place_in_the_order_and_is_asked_about_another_day(
    conn: Connection,
) -> None:
    later = day_after(2)
    tomorrows, laters = await one_place_a_day(conn, TOMORROW, later)
    first, second = [await join(conn, wanting(last=later)) for _ in range(2)]
    await service.cancel(conn, NOW, tomorrows)
    await waiting_list.refuse(conn, IN_TIME, await entry(conn, first))
    await waiting_list.refuse(conn, IN_TIME, await entry(conn, second))
    assert await states(conn, first, second) == ["waiting", "waiting"]
    await service.cancel(conn, IN_TIME, laters)
    assert await states(conn, first, second) == ["offered", "waiting"]


async def test_a_place_that_nobody_who_waits_wants_is_free_for_all(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    await service.cancel(conn, NOW, booked)
    await waiting_list.refuse(conn, IN_TIME, await entry(conn, waiting))
    assert clock((await search(conn, now=IN_TIME)).items, TOMORROW) == ["08:00"]


async def test_an_offer_that_nobody_answers_goes_to_the_next_when_the_hold_ends(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    first, second = await join(conn), await join(conn)
    await service.cancel(conn, NOW, booked)
    assert await service.expire_holds(conn, IN_TIME) == 0
    assert await service.expire_holds(conn, TOO_LATE) == 1
    assert await states(conn, first, second) == ["waiting", "offered"]
    assert (await entry(conn, first)).unanswered == 1
    assert await sound(conn, TOO_LATE)


async def test_who_answers_too_late_is_told_so_even_before_the_sweep(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    await service.cancel(conn, NOW, booked)
    with pytest.raises(HoldExpired):
        await waiting_list.accept(conn, TOO_LATE, await entry(conn, waiting))


async def test_who_leaves_three_offers_without_a_word_waits_no_more(conn: Connection) -> None:
    days = [day_after(n) for n in (1, 2, 3)]
    booked = await one_place_a_day(conn, *days)
    waiting = await join(conn, wanting(last=days[-1]))
    for reference in booked:
        await service.cancel(conn, NOW, reference)
        await service.expire_holds(conn, TOO_LATE)
    assert await states(conn, waiting) == ["withdrawn"]
    assert await waiting_list.broken_invariants(conn) == []


async def test_an_offer_says_until_when_it_is_kept(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn, wanting(notice=22))
    await service.cancel(conn, NOW, booked)
    offer = (await waiting_list.show(conn, await entry(conn, waiting))).offer
    assert offer is not None
    # Two hours from eight o'clock on, when the hotline opens; and 22 hours before the visit.
    assert (offer.start, offer.respond_by) == (at(8, day=TOMORROW), at(10))


async def test_who_joins_while_a_place_is_free_has_the_offer_at_once(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=QUARTER)))
    made = await waiting_list.join(conn, NOW, wanting())
    assert made.state == "offered"
    assert await waiting_list.broken_invariants(conn) == []


async def test_a_place_becomes_free_by_moving_away_and_by_more_staff_too(conn: Connection) -> None:
    later = day_after(7)
    (booked,) = await one_place_a_day(conn)
    first, second = await join(conn), await join(conn)
    await service.move(conn, NOW, booked, MoveRequest(at(8, day=later)))
    assert await states(conn, first, second) == ["offered", "waiting"]
    await restaff(conn, office("mitte", pool(span=QUARTER, counters=2)))
    assert await states(conn, second) == ["offered"]
    assert await sound(conn)


async def test_who_has_to_wait_is_told_number_and_way_out_unless_gone_before_it_left(
    conn: Connection,
) -> None:
    (booked,) = await one_place_a_day(conn)
    made = await waiting_list.join(conn, NOW, wanting(ways=["email"]))
    told = msgspec.json.decode(await conn.fetchval("SELECT payload::text FROM outbox"))
    assert (told["kind"], told["reference"], told["last_day"]) == (
        "waiting_joined",
        made.reference,
        TOMORROW.isoformat(),
    )
    assert told["link"] == f"/waiting?reference={made.reference}&secret={made.secret}"
    await waiting_list.withdraw(conn, NOW, await entry(conn, made.reference))
    assert await messages(conn) == [("waiting_joined", "email", "withdrawn")]
    await service.cancel(conn, NOW, booked)
    at_once = await waiting_list.join(conn, NOW, wanting(ways=["email"]))
    assert at_once.state == "offered"
    assert await messages(conn) == [("offered", "email", "queued"), ("waiting_joined", "email", "withdrawn")]


async def test_who_leaves_the_list_gives_the_offer_to_the_next(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    first, second, third = [await join(conn) for _ in range(3)]
    await waiting_list.withdraw(conn, NOW, await entry(conn, second))
    await service.cancel(conn, NOW, booked)
    await waiting_list.withdraw(conn, NOW, await entry(conn, first))
    assert await states(conn, first, second, third) == ["withdrawn", "withdrawn", "offered"]
    with pytest.raises(IllegalTransition):
        await waiting_list.withdraw(conn, NOW, await entry(conn, first))
    assert await waiting_list.broken_invariants(conn) == []


async def test_without_an_offer_there_is_nothing_to_accept_or_refuse(conn: Connection) -> None:
    await one_place_a_day(conn)
    waiting = await entry(conn, await join(conn))
    for verb in (waiting_list.accept, waiting_list.refuse):
        with pytest.raises(IllegalTransition):
            await verb(conn, NOW, waiting)


async def test_after_the_last_day_nobody_waits_and_later_nobody_is_known(conn: Connection) -> None:
    await one_place_a_day(conn)
    waiting = await join(conn)
    midnight = at(0, day=day_after(2))
    assert await waiting_list.lapse(conn, midnight - timedelta(seconds=1)) == 0
    assert await waiting_list.lapse(conn, midnight) == 1
    await waiting_list.forget_waiting(conn, midnight + CONTACT_KEPT)
    assert (await entry(conn, waiting)).contact is not None
    await waiting_list.forget_waiting(conn, midnight + CONTACT_KEPT + timedelta(seconds=1))
    assert (await entry(conn, waiting)).contact is None
    assert await states(conn, waiting) == ["lapsed"]


async def test_ahead_are_those_who_could_get_the_same_places_and_no_others(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=QUARTER)), office("nord", pool("north", counters=0)))
    await book(conn, at(8, day=TOMORROW))
    for other in (
        wanting(),
        wanting(offices=["nord"]),
        wanting(weekdays=[5], last=day_after(9)),
        wanting(hours=DayHours("14:00", "18:00")),
    ):
        await join(conn, other)
    last = await join(conn, wanting(offices=["mitte"], weekdays=[2], hours=DayHours("08:00", "12:00")))
    await join(conn)
    assert (await waiting_list.show(conn, await entry(conn, last))).ahead == 1
    listed = await waiting_list.waiting_at(conn, "mitte")
    assert [one.ahead for one in listed.items] == [0, 2, 3, 1, 5]
    assert all(one.contact is None for one in listed.items)


async def test_what_the_moment_missed_is_found_when_its_turn_comes(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who joins in the very moment in which a place becomes free is seen by neither."""
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    with monkeypatch.context() as missed:
        missed.setattr("queue_service.booking.pool_days.offer_freed", _nobody)
        await service.cancel(conn, NOW, booked)
    assert await states(conn, waiting) == ["waiting"]
    await waiting_list.look_for_places(conn, NOW + timedelta(seconds=20))
    assert await states(conn, waiting) == ["offered"]


async def _nobody(*_: object) -> int:
    return 0


async def test_what_can_not_be_meant_is_refused_by_its_field(conn: Connection) -> None:
    await one_place_a_day(conn)
    impossible = [
        (wanting(first=day_after(3), last=day_after(2)), "until"),
        (wanting(last=day_after(400)), "until"),
        (wanting(hours=DayHours("12:00", "12:00")), "hours"),
        (replace(wanting(ways=["call"]), contact=Contact(name="Ohne Telefon")), "contact.phone"),
    ]
    for request, field in impossible:
        with pytest.raises(InvalidFields) as refused:
            await join(conn, request)
        assert [fault.field for fault in refused.value.errors] == [field]


async def test_one_person_waits_online_for_three_things_and_no_more(conn: Connection) -> None:
    await one_place_a_day(conn)
    online = replace(wanting(ways=["email"]), channel="online", contact=Contact(email="erika@example.org"))
    people = [await join(conn, online) for _ in range(3)]
    again = replace(online, contact=Contact(email="Erika+neu@example.org"))
    with pytest.raises(TooManyBookings):
        await join(conn, again)
    await waiting_list.withdraw(conn, NOW, await entry(conn, people[0]))
    assert await states(conn, await join(conn, again)) == ["waiting"]


async def test_nobody_waits_for_what_is_never_given_out(conn: Connection) -> None:
    await one_place_a_day(conn)
    with pytest.raises(ServiceNotOffered):
        await join(conn, wanting("licence"))
    with pytest.raises(OfficeNotFound):
        await join(conn, wanting(offices=["nowhere"]))
    with pytest.raises(WaitingEntryNotFound):
        await waiting_list.find(conn, "2222-2222")


async def test_an_offer_without_its_place_and_a_place_without_its_offer_are_found(conn: Connection) -> None:
    (booked,) = await one_place_a_day(conn)
    waiting = await join(conn)
    await service.cancel(conn, NOW, booked)
    assert await waiting_list.broken_invariants(conn) == []
    await conn.execute("UPDATE waiting_entry SET state = 'waiting'")
    assert len(await waiting_list.broken_invariants(conn)) == 1
    await conn.execute("UPDATE waiting_entry SET state = 'offered'")
    await conn.execute(
        "UPDATE appointment SET state = 'expired', expires_at = NULL, ended_at = now() WHERE state = 'held'"
    )
    assert len(await waiting_list.broken_invariants(conn)) == 1
    assert await states(conn, waiting) == ["offered"]


async def test_an_offer_stays_the_place_that_it_is_and_counts_once_it_is_accepted(conn: Connection) -> None:
    """Who waits gets no more appointments by it than who books, and no other place than the one on offer."""
    await build(conn, office("mitte", pool(span=Span(480, 600))))
    # The web has a place of one counter's from nine on.
    starts = [at(8 + n // 4, 15 * (n % 4), day=TOMORROW) for n in range(8)]
    booked = [await book(conn, start) for start in starts]
    waiting = await join(conn, replace(wanting(), channel="online"))
    await service.cancel(conn, NOW, booked[4])
    held = await held_for(conn, waiting)
    with pytest.raises(IllegalTransition):
        await service.move(conn, NOW, held, MoveRequest(at(8, day=day_after(2))), by_visitor=True)
    nothing_more = Asker(limits=OnlineLimits(per_service=0, altogether=0))
    with pytest.raises(TooManyBookings):
        await waiting_list.accept(conn, NOW, await entry(conn, waiting), asker=nothing_more)
    with pytest.raises(TooManyBookings):
        await service.confirm(conn, NOW, held, asker=nothing_more, by_visitor=True)
    # Staff decide for themselves.
    assert (await waiting_list.accept(conn, NOW, await entry(conn, waiting))).state == "booked"
