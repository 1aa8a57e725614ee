"""Slots and appointments over HTTP, as the contract says."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from queue_service.accounts.model import Role
from queue_service.booking.model import HOLD_TIME
from tests.integration.running_service import RunningService

SERVICE = "personalausweis"
OFFICE = "bsc-mitte"
SLOTS = "/api/v1/slots"
APPOINTMENTS = "/api/v1/appointments"


async def first_slot(client: httpx.AsyncClient, **more: str) -> dict[str, Any]:
    params = {"service": SERVICE, "office": OFFICE, "limit": "1"} | more
    answer = await client.get(SLOTS, params=params)
    assert answer.status_code == 200, answer.text
    slot: dict[str, Any] = answer.json()["items"][0]
    return slot


def booking(slot: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"office": slot["office"], "services": [{"service": SERVICE}], "start": slot["start"]} | more


async def booked(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post(APPOINTMENTS, json=booking(await first_slot(client), **more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def fields(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 400, answer.text
    return [error["field"] for error in answer.json()["errors"]]


async def test_anybody_finds_places_earliest_first_across_all_offices(
    running_service: RunningService,
) -> None:
    async with running_service.client() as client:
        answer = await client.get(SLOTS, params={"service": SERVICE, "limit": 50})
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.json()
    starts = [datetime.fromisoformat(item["start"]) for item in found["items"]]
    assert starts == sorted(starts)
    assert len({item["office"] for item in found["items"]}) > 1
    assert all(start.utcoffset() == timedelta(hours=1) for start in starts)
    assert {item["minutes"] for item in found["items"]} == {15}
    assert found["why_none"] is None


async def test_a_slot_that_was_found_can_be_booked_by_anybody_without_a_contact(
    running_service: RunningService,
) -> None:
    async with running_service.client() as client:
        slot = await first_slot(client)
        answer = await client.post(APPOINTMENTS, json=booking(slot))
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(made) == {"reference", "secret", "status", "office", "start", "end", "expires_at"}
    assert (made["status"], made["office"], made["start"]) == ("booked", OFFICE, slot["start"])


async def test_the_visitor_reads_the_appointment_with_the_secret_and_nobody_without(
    running_service: RunningService,
) -> None:
    async with running_service.client() as client:
        made = await booked(client, contact={"name": "Erika Mustermann", "phone": "0421 361-8888"})
        address = f"{APPOINTMENTS}/{made['reference']}"
        answer = await client.get(address, params={"secret": made["secret"]})
        assert answer.status_code == 200
        read = answer.json()
        assert (read["reference"], read["status"]) == (made["reference"], "booked")
        assert read["contact"]["phone"] == "+494213618888"
        assert read["contact"]["phone_shown"] == "0421 3618888"
        assert made["secret"] not in answer.text
        unknown = await client.get(f"{APPOINTMENTS}/2222-2222", params={"secret": made["secret"]})
        wrong = await client.get(address, params={"secret": "wrong"})
        none = await client.get(address)
    assert code(unknown) == (404, "appointment_not_found")
    assert wrong.json() == none.json() == unknown.json()


async def test_the_secret_may_come_in_a_header_which_no_log_keeps(running_service: RunningService) -> None:
    async with running_service.client() as client:
        made = await booked(client)
        address = f"{APPOINTMENTS}/{made['reference']}"
        right, wrong, empty = ({"Visitor-Secret": sent} for sent in (made["secret"], "wrong", ""))
        assert (await client.get(address, headers=right)).status_code == 200
        for refused in (wrong, empty):
            both = await client.get(address, headers=refused, params={"secret": made["secret"]})
            assert code(both) == (404, "appointment_not_found"), "the header is what counts"
        named = {"Idempotency-Key": "cancel"}
        cancelled = await client.post(f"{address}/cancel", headers=right | named)
        assert cancelled.json()["status"] == "cancelled"
        repeat = await client.post(f"{address}/cancel", headers=right | named)
        assert repeat.content == cancelled.content
        stolen = await client.post(f"{address}/cancel", headers=wrong | named)
        assert code(stolen) == (422, "idempotency_mismatch")


async def test_whatever_is_opened_by_a_secret_takes_it_in_the_header_too(
    running_service: RunningService,
) -> None:
    async with running_service.client() as client:
        document = (await client.get("/schema/openapi.json")).json()
    ways = {("query", "secret"), ("header", "Visitor-Secret")}
    sent = [
        ways & {(parameter["in"], parameter["name"]) for parameter in operation.get("parameters", [])}
        for item in document["paths"].values()
        for operation in item.values()
    ]
    opened = [some for some in sent if some]
    assert len(opened) >= 12, "of appointments, bookings of hours, and waiting"
    assert all(some == ways for some in opened)


async def test_staff_of_the_office_read_it_without_a_secret_and_others_do_not(
    running_service: RunningService,
) -> None:
    async with running_service.client() as client:
        address = f"{APPOINTMENTS}/{(await booked(client))['reference']}"
    for role, office, authority, status in (
        (Role.CLERK, OFFICE, None, 200),
        (Role.AGENT, None, "bremen", 200),
        (Role.CLERK, "bsc-nord", None, 404),
        (Role.AGENT, None, "bremerhaven", 404),
    ):
        token = await running_service.staff_token(role, office=office, authority=authority)
        async with running_service.client(token) as client:
            assert (await client.get(address)).status_code == status


async def test_a_place_is_booked_once(running_service: RunningService) -> None:
    async with running_service.client() as client:
        slot = await first_slot(client)
        answers = [await client.post(APPOINTMENTS, json=booking(slot)) for _ in range(30)]
    statuses = [answer.status_code for answer in answers]
    places = statuses.count(201)
    assert 0 < places < len(statuses)
    assert statuses == [201] * places + [409] * (len(statuses) - places)
    assert code(answers[-1]) == (409, "slot_taken")


async def test_an_agent_holds_a_place_and_confirms_it_with_the_callers_name(
    running_service: RunningService,
) -> None:
    token = await running_service.staff_token(Role.AGENT)
    async with running_service.client(token) as client:
        made = await booked(client, channel="phone", hold=True)
        assert made["status"] == "held"
        expires_at = datetime.fromisoformat(made["expires_at"])
        assert expires_at == running_service.clock() + HOLD_TIME["phone"]
        address = f"{APPOINTMENTS}/{made['reference']}/confirm"
        assert fields(await client.post(address)) == ["contact.name"]
        answer = await client.post(address, json={"contact": {"name": "Erika Mustermann"}})
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["expires_at"]) == ("booked", None)
        assert code(await client.post(address)) == (409, "illegal_transition")


async def test_a_hold_that_ran_out_is_answered_as_such(running_service: RunningService) -> None:
    async with running_service.client() as client:
        made = await booked(client, hold=True)
        running_service.clock.move(minutes=15)
        address = f"{APPOINTMENTS}/{made['reference']}/confirm"
        answer = await client.post(address, params={"secret": made["secret"]})
    assert code(answer) == (409, "hold_expired")


async def test_a_visitor_moves_to_another_office_and_cancels_there(running_service: RunningService) -> None:
    async with running_service.client() as client:
        made = await booked(client)
        opened = {"secret": made["secret"]}
        target = await first_slot(client, office="bsc-nord")
        address = f"{APPOINTMENTS}/{made['reference']}"
        moved = await client.post(
            f"{address}/move", params=opened, json={"office": "bsc-nord", "start": target["start"]}
        )
        assert (moved.status_code, moved.json()["office"]) == (200, "bsc-nord")
        assert moved.json()["start"] == target["start"]
        cancelled = await client.post(f"{address}/cancel", params=opened)
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
        again = await client.post(f"{address}/cancel", params=opened)
    assert code(again) == (409, "appointment_cancelled")


async def test_staff_move_nobody_to_an_office_that_is_not_theirs(running_service: RunningService) -> None:
    clerk = await running_service.staff_token(Role.CLERK, office=OFFICE)
    agent = await running_service.staff_token(Role.AGENT)
    async with running_service.client(clerk) as here, running_service.client(agent) as everywhere:
        made = await booked(here)
        target = await first_slot(here, office="bsc-nord")
        address, body = (
            f"{APPOINTMENTS}/{made['reference']}/move",
            {"office": "bsc-nord", "start": target["start"]},
        )
        assert code(await here.post(address, json=body)) == (403, "not_permitted")
        assert (await here.get(f"{APPOINTMENTS}/{made['reference']}")).json()["office"] == OFFICE
        assert (await everywhere.post(address, json=body)).json()["office"] == "bsc-nord"


@pytest.mark.parametrize("verb", ["confirm", "move", "cancel"])
async def test_nobody_changes_an_appointment_without_its_secret(
    running_service: RunningService, verb: str
) -> None:
    async with running_service.client() as client:
        made = await booked(client, hold=True)
        body = {"start": made["start"]} if verb == "move" else None
        address = f"{APPOINTMENTS}/{made['reference']}/{verb}"
        for opened in ({}, {"secret": ""}, {"secret": "wrong"}):
            answer = await client.post(address, params=opened, json=body)
            assert code(answer) == (404, "appointment_not_found")
        read = await client.get(f"{APPOINTMENTS}/{made['reference']}", params={"secret": made["secret"]})
    assert read.json()["status"] == "held"


async def test_channels_of_staff_are_for_staff(running_service: RunningService) -> None:
    clerk = await running_service.staff_token(Role.CLERK, office=OFFICE)
    agent = await running_service.staff_token(Role.AGENT, authority="bremerhaven")
    async with running_service.client() as anybody:
        slot = await first_slot(anybody)
        named = {"contact": {"name": "Erika Mustermann"}}
        phone, counter = booking(slot, channel="phone", **named), booking(slot, channel="counter")
        assert code(await anybody.post(APPOINTMENTS, json=phone)) == (401, "not_authenticated")
        answer = await anybody.get(SLOTS, params={"service": SERVICE, "channel": "phone"})
        assert code(answer) == (401, "not_authenticated")
    async with running_service.client(clerk) as client:
        assert code(await client.post(APPOINTMENTS, json=phone)) == (403, "not_permitted")
        assert (await client.post(APPOINTMENTS, json=counter)).status_code == 201
        elsewhere = await first_slot(client, office="bsc-nord", channel="counter")
        answer = await client.post(APPOINTMENTS, json=booking(elsewhere, channel="counter"))
        assert code(answer) == (403, "not_permitted")
    async with running_service.client(agent) as client:
        assert code(await client.post(APPOINTMENTS, json=phone)) == (403, "not_permitted")


async def test_the_same_key_books_once(running_service: RunningService) -> None:
    headers = {"Idempotency-Key": "one-click"}
    async with running_service.client() as client:
        slot = await first_slot(client)
        first = await client.post(APPOINTMENTS, json=booking(slot), headers=headers)
        second = await client.post(APPOINTMENTS, json=booking(slot), headers=headers)
        other = await client.post(APPOINTMENTS, json=booking(slot, persons=2), headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert code(other) == (422, "idempotency_mismatch")


async def test_a_key_that_two_visitors_use_gives_neither_the_secret_of_the_other(
    running_service: RunningService,
) -> None:
    headers = {"Idempotency-Key": "1"}
    elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
    async with (
        running_service.client() as visitor,
        httpx.AsyncClient(base_url=running_service.base_url, transport=elsewhere, timeout=30) as other,
    ):
        wish = booking(await first_slot(visitor), hold=True)
        own = await visitor.post(APPOINTMENTS, json=wish, headers=headers)
        others = await other.post(APPOINTMENTS, json=wish, headers=headers)
    assert own.status_code == others.status_code == 201
    assert own.json()["reference"] != others.json()["reference"]
    assert own.json()["secret"] != others.json()["secret"]


async def test_a_remembered_answer_is_not_for_who_has_a_wrong_secret(running_service: RunningService) -> None:
    headers = {"Idempotency-Key": "confirmed-once"}
    async with running_service.client() as client:
        made = await booked(client, hold=True)
        address = f"{APPOINTMENTS}/{made['reference']}/confirm"
        right = await client.post(address, params={"secret": made["secret"]}, headers=headers)
        wrong = await client.post(address, params={"secret": "wrong"}, headers=headers)
    assert right.status_code == 200
    assert code(wrong) == (422, "idempotency_mismatch")


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"service": SERVICE, "from": "tomorrow"}, ["from"]),
        ({"service": SERVICE, "from": "2027-01-11T08:00:00"}, ["from"]),
        ({"service": SERVICE, "to": "0001-01-01"}, ["to"]),
        ({"service": SERVICE, "to": "9999-12-31T23:59:59-12:00"}, ["to"]),
        ({"service": SERVICE, "limit": "0"}, ["limit"]),
        ({"service": SERVICE, "limit": "many"}, ["limit"]),
        ({"service": SERVICE, "channel": "smoke"}, ["channel"]),
        ({}, ["service"]),
    ],
)
async def test_a_bad_search_is_told_its_field(
    running_service: RunningService, params: dict[str, str], names: list[str]
) -> None:
    async with running_service.client() as client:
        assert fields(await client.get(SLOTS, params=params)) == names


@pytest.mark.parametrize(
    ("spoilt", "name"),
    [
        ({"start": "soon"}, "start"),
        ({"start": "2027-01-11T08:00:00"}, "start"),
        ({"services": []}, "services"),
        ({"services": [{"service": SERVICE, "quantity": 0}]}, "services"),
        ({"services": [{"service": SERVICE, "quantity": 20}]}, "services"),
        ({"persons": 0}, "persons"),
        ({"channel": "smoke"}, "channel"),
        ({"contact": {"phone": "abc"}}, "contact.phone"),
        ({"contact": {"confirm_by": "pigeon"}}, "contact"),
        ({"contact": {"name": "x" * 201}}, "contact"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_bad_booking_is_told_its_field(
    running_service: RunningService, spoilt: dict[str, Any], name: str
) -> None:
    async with running_service.client() as client:
        answer = await client.post(APPOINTMENTS, json=booking(await first_slot(client), **spoilt))
    assert answer.status_code == 400, answer.text
    assert name in answer.text


async def test_what_is_not_there_is_named(running_service: RunningService) -> None:
    async with running_service.client() as client:
        slot = await first_slot(client)
        nowhere = await client.post(APPOINTMENTS, json=booking(slot, office="nowhere"))
        dragons = await client.post(APPOINTMENTS, json=booking(slot, services=[{"service": "dragons"}]))
        assert code(await client.get(SLOTS, params={"service": "dragons"})) == (404, "service_not_found")
        assert code(
            await client.get(SLOTS, params={"service": SERVICE, "office": "nowhere"})
        ) == (404, "office_not_found")  # fmt: skip
    assert code(nowhere) == (404, "office_not_found")
    assert code(dragons) == (404, "service_not_found")


@pytest.mark.parametrize("text", ["\x00", "%", "ä" * 40, "A-B-C", "2222 2222"])
async def test_odd_references_are_unknown_ones(running_service: RunningService, text: str) -> None:
    async with running_service.client() as client:
        answer = await client.get(f"{APPOINTMENTS}/{quote(text, safe='')}")
    assert code(answer) == (404, "appointment_not_found")


@pytest.mark.parametrize(
    "name", ["Null\x00byte", "Emoji 🦄", "שלום", "<b>bold</b>", "'; DROP TABLE pool; --"]
)
async def test_any_name_is_kept_or_refused_never_a_fault(running_service: RunningService, name: str) -> None:
    async with running_service.client() as client:
        slot = await first_slot(client)
        answer = await client.post(APPOINTMENTS, json=booking(slot, contact={"name": name}))
        assert answer.status_code == (400 if "\x00" in name else 201), answer.text
        if answer.status_code == 201:
            made = answer.json()
            read = await client.get(f"{APPOINTMENTS}/{made['reference']}", params={"secret": made["secret"]})
            assert read.json()["contact"]["name"] == name


async def test_a_search_without_a_place_says_why(running_service: RunningService) -> None:
    async with running_service.client() as client:
        answer = await client.get(SLOTS, params={"service": SERVICE, "from": "2027-12-01"})
    why = answer.json()["why_none"]
    assert why["code"] == "beyond_horizon"
    assert datetime.fromisoformat(why["next_release_at"]).date().isoformat() == "2027-10-02"


async def test_a_plus_sign_that_nobody_escaped_is_still_an_offset(running_service: RunningService) -> None:
    async with running_service.client() as client:
        answer = await client.get(f"{SLOTS}?service={SERVICE}&from=2026-11-24T08:00:00+01:00&limit=1")
    assert answer.json()["items"][0]["start"].startswith("2026-11-24T08:")
