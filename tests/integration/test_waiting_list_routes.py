"""The waiting list over HTTP: whoever waits has a secret, agents have a list of whom to ring."""

from typing import Any

import httpx

from queue_service.accounts.model import Role
from tests.integration.running_service import RunningService

WAITING_LIST = "/api/v1/waiting-list"
OFFICE = "bsc-mitte"
FITS = {
    "services": [{"service": "personalausweis"}],
    "offices": [OFFICE],
    "until": "2026-12-31",
    "notice_hours": 2,
    "ways": ["call"],
    "contact": {"name": "Erika Mustermann", "phone": "0421 361 88880"},
}
NEVER_FITS = FITS | {"until": "2026-11-23", "notice_hours": 300}


async def joined(client: httpx.AsyncClient, wish: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await client.post(WAITING_LIST, json=wish | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def address(made: dict[str, Any], verb: str = "") -> str:
    return f"{WAITING_LIST}/{made['reference']}{verb}"


async def test_whoever_waits_reads_the_entry_with_the_secret_and_nobody_without(
    running_service: RunningService,
) -> None:
    async with running_service.client() as client:
        made = await joined(client, NEVER_FITS)
        second = await joined(client, NEVER_FITS)
        read = await client.get(address(second), params={"secret": second["secret"]})
        refused = [
            await client.get(address(made), params={"secret": second["secret"]}),
            await client.get(address(made)),
            await client.get(f"{WAITING_LIST}/2222-2222", params={"secret": made["secret"]}),
        ]
    entry = read.json()
    assert (made["state"], entry["state"], entry["ahead"], entry["offer"]) == ("waiting", "waiting", 1, None)
    assert entry["contact"]["phone_shown"] == "0421 36188880"
    assert entry["hours"] == {"from": "00:00", "until": "24:00"}
    assert {(answer.status_code, answer.text) for answer in refused} == {(404, refused[0].text)}
    assert refused[0].json()["code"] == "waiting_entry_not_found"


async def test_an_accepted_offer_is_an_appointment_that_the_same_secret_opens(
    running_service: RunningService,
) -> None:
    async with running_service.client() as client:
        made = await joined(client, FITS)
        secret = {"secret": made["secret"]}
        offer = (await client.get(address(made), params=secret)).json()["offer"]
        once = {"Idempotency-Key": "accept"}
        accepted = [
            await client.post(address(made, "/accept"), params=secret, headers=once) for _ in range(2)
        ]
        again = await client.post(address(made, "/accept"), params=secret)
        appointment = await client.get(f"/api/v1/appointments/{offer['appointment']}", params=secret)
    assert made["state"] == "offered"
    assert [answer.status_code for answer in accepted] == [200, 200]
    assert accepted[0].json() == accepted[1].json() == appointment.json()
    assert appointment.json()["status"] == "booked"
    assert appointment.json()["start"] == offer["start"]
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")
    assert again.json()["state"] == "accepted"


async def test_refused_and_withdrawn_are_answered_with_the_entry_as_it_is_then(
    running_service: RunningService,
) -> None:
    async with running_service.client() as client:
        made = await joined(client, FITS)
        secret = {"secret": made["secret"]}
        refused = await client.post(address(made, "/refuse"), params=secret)
        withdrawn = await client.post(address(made, "/withdraw"), params=secret)
    assert (refused.json()["state"], refused.json()["refused"]) == ("waiting", 1)
    assert (withdrawn.json()["state"], withdrawn.json()["ahead"]) == ("withdrawn", None)


ANYWHERE = {name: value for name, value in FITS.items() if name != "offices"}


async def test_staff_answer_for_who_is_kept_a_place_of_their_office_and_for_nobody_elses(
    running_service: RunningService,
) -> None:
    """Whoever would go anywhere was no clerk's concern; now a place of one office is kept for them."""
    verbs = ("/accept", "/refuse", "/withdraw")
    async with running_service.client() as visitor:
        made = await joined(visitor, ANYWHERE)
        secret = {"secret": made["secret"]}
        here = (await visitor.get(address(made), params=secret)).json()["offer"]["office"]
        third = "bremerhaven-nord" if here != "bremerhaven-nord" else OFFICE
        tokens = [await running_service.staff_token(Role.CLERK, office=slug) for slug in (here, third)]
        async with running_service.client(tokens[0]) as clerk, running_service.client(tokens[1]) as other:
            refused = [await other.get(address(made))]
            refused += [await other.post(address(made, verb)) for verb in verbs]
            read = await clerk.get(address(made))
            accepted = await clerk.post(address(made, "/accept"))
            settled = await visitor.get(address(made), params=secret)
    assert {answer.status_code for answer in refused} == {404}
    assert {answer.json()["code"] for answer in refused} == {"waiting_entry_not_found"}
    assert (read.status_code, read.json()["contact"]["name"]) == (200, "Erika Mustermann")
    assert (accepted.status_code, accepted.json()["office"]) == (200, here)
    assert settled.json()["state"] == "accepted"


async def test_while_another_office_keeps_the_place_the_others_asked_for_have_to_wait(
    running_service: RunningService,
) -> None:
    two = FITS | {"offices": ["bsc-nord", OFFICE]}
    async with running_service.client() as visitor:
        made = await joined(visitor, two)
        secret = {"secret": made["secret"]}
        first = (await visitor.get(address(made), params=secret)).json()["offer"]["office"]
        (second,) = {"bsc-nord", OFFICE} - {first}
        token = await running_service.staff_token(Role.CLERK, office=second)
        async with running_service.client(token) as clerk:
            meanwhile = await clerk.post(address(made, "/refuse"))
            untouched = (await visitor.get(address(made), params=secret)).json()
            gone = await visitor.post(address(made, "/refuse"), params=secret)
            afterwards = await clerk.get(address(made))
    assert (meanwhile.status_code, untouched["state"]) == (404, "offered")
    assert (gone.status_code, afterwards.status_code) == (200, 200)
    assert afterwards.json()["state"] == "waiting"


async def test_an_agent_rings_who_has_an_offer_and_answers_for_them(running_service: RunningService) -> None:
    here = await running_service.staff_token(Role.AGENT, office=OFFICE)
    elsewhere = await running_service.staff_token(Role.AGENT, office="bsc-nord")
    async with running_service.client(here) as agent, running_service.client(elsewhere) as other:
        made = await joined(agent, FITS, channel="phone")
        await joined(agent, NEVER_FITS, channel="phone")
        calls = (await agent.get(f"{WAITING_LIST}/calls")).json()["items"]
        others = (await other.get(f"{WAITING_LIST}/calls")).json()["items"]
        listed = (await agent.get(WAITING_LIST, params={"office": OFFICE})).json()
        accepted = await agent.post(address(made, "/accept"))
        left = (await agent.get(f"{WAITING_LIST}/calls")).json()["items"]
    assert [(call["reference"], call["name"]) for call in calls] == [(made["reference"], "Erika Mustermann")]
    assert calls[0]["offer"]["respond_by"] < calls[0]["offer"]["start"]
    assert others == []
    assert [entry["state"] for entry in listed["items"]] == ["offered", "waiting"]
    assert all(entry["contact"] is None for entry in listed["items"])
    assert "asked first" in listed["rule"]
    assert (accepted.status_code, accepted.json()["channel"]) == (200, "phone")
    assert left == []
