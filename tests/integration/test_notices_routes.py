"""Staff see what visitors were not told, and see to it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from queue_service.accounts.model import Role
from tests.integration.running_service import RunningService

MESSAGES = "/api/v1/offices/bsc-mitte/messages"
BODY = {
    "office": "bsc-mitte",
    "services": [{"service": "personalausweis"}],
    "start": "2026-11-24T09:00:00+01:00",
    "contact": {"name": "Erika", "email": "erika@example.org", "confirm_by": ["email"], "remind": True},
}


@pytest.fixture
async def supervisor(running_service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    token = await running_service.staff_token(Role.SUPERVISOR, office="bsc-mitte")
    async with running_service.client(token) as client:
        yield client


@pytest.fixture
async def agent(running_service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    token = await running_service.staff_token(Role.AGENT, authority="bremen")
    async with running_service.client(token) as client:
        yield client


async def book(client: httpx.AsyncClient, channel: str) -> str:
    answer = await client.post("/api/v1/appointments", json={**BODY, "channel": channel})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


async def failed(client: httpx.AsyncClient, count: int) -> list[dict[str, object]]:
    """Give the messages to look after, once the service has tried to send so many."""
    async with asyncio.timeout(10):
        while True:
            items: list[dict[str, object]] = (await client.get(MESSAGES)).json()["items"]
            if len(items) >= count:
                return items
            await asyncio.sleep(0.05)  # a bounded poll of a real service, not a guess at time


async def test_staff_send_again_or_tell_otherwise_what_did_not_leave(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient
) -> None:
    by_phone = await book(agent, "phone")
    at_counter = await book(supervisor, "counter")
    shown = {item["reference"]: item for item in await failed(supervisor, 2)}
    assert set(shown) == {by_phone, at_counter}
    assert {item["last_error"] for item in shown.values()} == {"no_mail_server"}
    assert "erika" not in str(shown).lower()
    assert [item["reference"] for item in await failed(agent, 1)] == [by_phone]

    theirs = await agent.post(f"/api/v1/messages/{shown[at_counter]['id']}/resend")
    assert theirs.status_code == 403
    again = await agent.post(f"/api/v1/messages/{shown[by_phone]['id']}/resend")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "queued", 0)
    settle = f"/api/v1/messages/{shown[at_counter]['id']}/settle"
    assert (await supervisor.post(settle)).json()["state"] == "settled"
    twice = await supervisor.post(settle)
    assert (twice.status_code, twice.json()["code"], twice.json()["allowed"]) == (
        409,
        "illegal_transition",
        [],
    )
    settled = (await supervisor.get(MESSAGES, params={"state": ["settled"]})).json()["items"]
    assert [item["reference"] for item in settled] == [at_counter]


async def test_what_is_asked_wrongly_is_refused_in_words(supervisor: httpx.AsyncClient) -> None:
    unknown = await supervisor.post(f"/api/v1/messages/{uuid4()}/resend")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "message_not_found")
    wrong = await supervisor.get(MESSAGES, params={"state": "lost"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_fields")
