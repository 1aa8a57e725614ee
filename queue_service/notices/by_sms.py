"""A notice as a text message, through any gateway that takes HTTP POST."""

import re
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

import httpx
import msgspec
import phonenumbers
from phonenumbers import PhoneNumberType

from queue_service.notices.carrier import NotReachedError, Outgoing, RefusedError, UnclearError

BodyType = Literal["json", "form"]

ANSWER_SECONDS = 20.0
"""How long the gateway may take; a sender's claim outlasts it."""
NOT_TAKEN = frozenset({429, 503})
"""Answers that promise that nothing was done: too many requests, overloaded (RFC 6585, RFC 9110)."""
PLACES = re.compile(r"\{(?:to|text|id)\}")
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
CONTENT_TYPES: dict[BodyType, str] = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
}


class BodyTemplate:
    """What a gateway wants to be sent, with ``{to}``, ``{text}`` and ``{id}`` in the places for them.

    The template is taken apart by its own rules first and filled afterwards, string by string: nothing
    in a message can end a string or begin a field.
    """

    def __init__(self, template: str, kind: BodyType) -> None:
        """Raise ValueError for a template that is not of its kind, or has no place for number and text."""
        self._kind = kind
        self._parts: Any = (
            msgspec.json.decode(template)
            if kind == "json"
            else parse_qsl(template, keep_blank_values=True, strict_parsing=True)
        )
        if not all(place in template for place in ("{to}", "{text}")):
            msg = "{to} and {text} must have a place in it"
            raise ValueError(msg)

    def filled(self, *, to: str, text: str, message_id: str) -> bytes:
        """Give the body of one message."""
        values = {"{to}": to, "{text}": text, "{id}": message_id}
        parts = _each_string(self._parts, lambda string: _filled(string, values))
        if self._kind == "json":
            return msgspec.json.encode(parts)
        return urlencode([(name, value) for name, value in parts]).encode()


class Gateway(msgspec.Struct, frozen=True):
    """Where text messages are handed over."""

    url: str
    token: str
    """Sent as bearer token; empty: none."""
    body: BodyTemplate
    kind: BodyType


class BySms:
    """Hands text messages over to a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def hand_over(self, outgoing: Outgoing) -> None:
        """Return once the gateway has taken the message; raises NotDeliveredError."""
        phone = outgoing.notice.recipient.phone
        if not phone or not is_mobile(phone):
            raise RefusedError("not_mobile")
        message_id = str(outgoing.id)
        headers = {"Content-Type": CONTENT_TYPES[self._gateway.kind], "Idempotency-Key": message_id}
        if self._gateway.token:
            headers["Authorization"] = f"Bearer {self._gateway.token}"
        content = self._gateway.body.filled(to=phone, text=outgoing.message.text, message_id=message_id)
        try:
            async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
                answer = await client.post(self._gateway.url, content=content, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise NotReachedError("gateway_away") from None
        except httpx.TransportError:
            raise UnclearError("no_answer") from None
        _judge(answer.status_code)


def _judge(status: int) -> None:
    """Raise unless the gateway has taken the message."""
    if httpx.codes.is_success(status):
        return
    if status in NOT_TAKEN:
        raise NotReachedError(f"gateway_answered_{status}")
    if httpx.codes.is_server_error(status):
        # It stumbled over the message, or a proxy lost the answer: it may be on its way.
        raise UnclearError(f"gateway_answered_{status}")
    raise RefusedError(f"gateway_answered_{status}")


def is_mobile(e164: str) -> bool:
    """Tell whether a kept number can receive text messages."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) in MOBILE


def _each_string(parts: Any, change: Callable[[str], str]) -> Any:
    """Give a copy of nested lists and dicts with each of their values' strings changed."""
    match parts:
        case str():
            return change(parts)
        case list() | tuple():
            return [_each_string(part, change) for part in parts]
        case dict():
            return {key: _each_string(part, change) for key, part in parts.items()}
        case _:
            return parts


def _filled(string: str, values: dict[str, str]) -> str:
    """Put the values in one pass, so that a place named within a value stays what it says."""
    return PLACES.sub(lambda place: values[place[0]], string)
