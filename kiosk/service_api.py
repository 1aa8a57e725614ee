"""Asks the service for tickets; the same request may be sent again until its answer arrives.

And for numbers of the kiosk's own, which it gives out while there is no answer and hands in later.
"""

import asyncio
from typing import Any, Literal, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec
import structlog

from kiosk.errors import (
    DeviceRefusedError,
    ServiceAnswerError,
    ServiceError,
    ServiceRefusalError,
    ServiceUnreachableError,
)
from queue_service.device_program.token_file import NoToken, TokenFile
from queue_service.protocol.device_api import CheckInRequest, IssuedTicket, TicketRequest
from queue_service.protocol.help import HelpAtDevice
from queue_service.protocol.outage import HandedIn, NumberBlocks, Outage
from queue_service.protocol.ticket_copy import CopyOrders, CopyOutcome

DEADLINE_SECONDS = 8.0
"""How long a visitor stands before "one moment, please" before the kiosk gives up."""

SHORT_DEADLINE_SECONDS = 1.0
"""The same where the connection is known to be down: a try, before the kiosk goes on alone."""

CONNECT_TIMEOUT_SECONDS = 2.0
ANSWER_TIMEOUT_SECONDS = 4.0
HAND_IN_SECONDS = 20.0
"""For many tickets at once, by a service that everybody comes back to."""
PAUSES_SECONDS = (0.2, 0.5, 1.0)
"""Before the second, third and fourth attempt."""

AWAY = frozenset({502, 503, 504})
"""Said by a proxy before a service that restarts."""

NOT_FOUND = 404
"""An order that nobody remembers any more."""

UNDER_WAY = "in_progress"
"""Code of the answer to a repeat that came before the first request was done."""

Answer = TypeVar("Answer", bound=msgspec.Struct)

log = structlog.get_logger(__name__)


class ServiceApi:
    """The requests of a kiosk."""

    def __init__(self, service: str, token_file: TokenFile) -> None:
        self._token_file = token_file
        self._http = httpx.AsyncClient(
            base_url=f"{service}/api/v1",
            timeout=httpx.Timeout(ANSWER_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close idle connections."""
        await self._http.aclose()

    async def issue(
        self, office: str, request: TicketRequest, deadline: float = DEADLINE_SECONDS
    ) -> IssuedTicket:
        """Ask for a number without an appointment. Raises ServiceError."""
        return await self._post(office, "tickets", request, deadline)

    async def check_in(
        self, office: str, request: CheckInRequest, deadline: float = DEADLINE_SECONDS
    ) -> IssuedTicket:
        """Ask for the number of an appointment. Raises ServiceError."""
        return await self._post(office, "check-ins", request, deadline)

    async def lease_numbers(self) -> NumberBlocks:
        """Ask for numbers to go on with. Raises ServiceError."""
        return _read(await self._once("/device/number-blocks", None), NumberBlocks)

    async def hand_in(self, outage: Outage) -> HandedIn:
        """Hand in what was given out. Raises ServiceError."""
        return _read(await self._once("/device/outage-tickets", outage), HandedIn)

    async def help(self, method: Literal["GET", "POST", "DELETE"]) -> HelpAtDevice:
        """Ask whether somebody comes here (GET), for somebody (POST), or for nobody. Raises ServiceError."""
        headers = {"Authorization": f"Bearer {await self._token()}", "Content-Type": "application/json"}
        try:
            answer = await self._http.request(method, "/device/help", headers=headers)
        except httpx.TransportError as error:
            raise ServiceUnreachableError from error
        if answer.status_code in AWAY:
            raise ServiceUnreachableError
        return (
            HelpAtDevice("none") if method == "DELETE" and answer.is_success else _read(answer, HelpAtDevice)
        )

    async def _once(self, path: str, body: msgspec.Struct | None, method: str = "POST") -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self._token()}", "Content-Type": "application/json"}
        try:
            return await self._http.request(
                method,
                path,
                content=None if body is None else msgspec.json.encode(body),
                headers=headers,
                timeout=httpx.Timeout(HAND_IN_SECONDS, connect=CONNECT_TIMEOUT_SECONDS),
            )
        except httpx.TransportError as error:
            raise ServiceUnreachableError from error

    async def ticket_copies(self) -> CopyOrders:
        """Ask what is to be printed for staff. Raises ServiceError."""
        return _read(await self._once("/device/ticket-copies", None, "GET"), CopyOrders)

    async def tell_copy(self, copy: UUID, reason: str | None) -> None:
        """Say how that went; what kept it from paper is a code. Raises ServiceError."""
        answer = await self._once(f"/device/ticket-copies/{copy}", CopyOutcome(reason), "PUT")
        if not answer.is_success and answer.status_code != NOT_FOUND:
            raise _refusal_of(answer)

    async def look_up(self, office: str, number: str) -> dict[str, Any]:
        """Ask how it stands with a number; gives the service's own words on it. Raises ServiceError."""
        path = f"/offices/{quote(office, safe='')}/numbers/{quote(number, safe='')}"
        headers = {"Authorization": f"Bearer {await self._token()}"}
        try:
            answer = await self._http.get(path, headers=headers)
        except httpx.TransportError as error:
            raise ServiceUnreachableError from error
        if answer.status_code in AWAY:
            raise ServiceUnreachableError
        if not answer.is_success:
            raise _refusal_of(answer)
        return _content_of(answer)

    async def _post(
        self, office: str, what: str, request: TicketRequest | CheckInRequest, deadline: float
    ) -> IssuedTicket:
        if request.id is None:
            msg = "a request without an id could give two tickets"
            raise ValueError(msg)
        path = f"/offices/{quote(office, safe='')}/{what}"
        headers = {
            "Authorization": f"Bearer {await self._token()}",
            "Content-Type": "application/json",
            "Accept-Language": request.language,
            "Idempotency-Key": str(request.id),
        }
        try:
            async with asyncio.timeout(deadline):
                return await self._until_answered(path, msgspec.json.encode(request), headers, request.id)
        except TimeoutError as error:
            raise ServiceUnreachableError from error

    async def _token(self) -> str:
        try:
            return await asyncio.to_thread(self._token_file.read)
        except NoToken as error:
            raise DeviceRefusedError from error

    async def _until_answered(
        self, path: str, body: bytes, headers: dict[str, str], ticket: UUID
    ) -> IssuedTicket:
        for pause in (*PAUSES_SECONDS, None):
            try:
                answer = await self._http.post(path, content=body, headers=headers)
            except httpx.TransportError as error:
                reason = type(error).__name__
            else:
                if answer.status_code not in AWAY and not _is_under_way(answer):
                    return _read(answer, IssuedTicket)
                reason = f"status {answer.status_code}"
            log.warning("service_did_not_answer", ticket=str(ticket), reason=reason)
            if pause is not None:
                # Bounded tries with growing pauses; the visitor gets a number after the last.
                await asyncio.sleep(pause)
        raise ServiceUnreachableError


def _is_under_way(answer: httpx.Response) -> bool:
    return answer.status_code == httpx.codes.CONFLICT and _content_of(answer).get("code") == UNDER_WAY


def _read(answer: httpx.Response, kind: type[Answer]) -> Answer:
    """Read what was asked for, or raise what the service said instead."""
    if answer.is_success:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.DecodeError as error:
            raise ServiceAnswerError(str(error)) from error
    raise _refusal_of(answer)


def _refusal_of(answer: httpx.Response) -> ServiceError:
    """Give what the service said instead."""
    if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return DeviceRefusedError()
    problem = _content_of(answer)
    if not answer.is_client_error or not isinstance(problem.get("code"), str):
        return ServiceAnswerError(f"status {answer.status_code}")
    return ServiceRefusalError(answer.status_code, problem)


def _content_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
