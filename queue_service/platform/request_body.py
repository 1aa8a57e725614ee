"""A request's body: JSON, decoded once and strictly into what its handler takes.

Strictly means that a ``"3"`` is no 3, that a field nobody knows is a mistake, and that every
mistake is named by its place, as ``contact.phone`` or ``services[0].quantity``.
"""

import re
from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.enums import MediaType

from queue_service.platform.errors import BadRequest, InvalidFields, UnsupportedMediaType
from queue_service.protocol.device_api import FieldError

JSON_TYPES = frozenset({"", MediaType.JSON.value})
"""A body whose type is not told is read as JSON: there is nothing else that it could be."""
PLACE = re.compile(r" - at `(?:key in )?\$\.?(.*?)`$")
"""How msgspec ends a sentence about a value inside the body."""
NAMED_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(.*)`$")
"""How msgspec tells of a field that is not there, or should not be: its place is the object's."""


class StrictRequest(Request[Any, Any, Any]):
    """What every handler is given as its request."""

    async def json(self) -> Any:
        """Decode the body; raises UnsupportedMediaType, BadRequest, or InvalidFields naming the place."""
        if self.content_type[0] not in JSON_TYPES:
            raise UnsupportedMediaType
        field = self.route_handler.parsed_data_field
        assert field is not None, "only a handler that takes a body has it decoded"
        try:
            return _decoder(field.annotation).decode(await self.body())
        except msgspec.ValidationError as invalid:
            raise InvalidFields(errors=[_field_error(str(invalid))]) from invalid
        except (msgspec.DecodeError, UnicodeDecodeError) as malformed:
            raise BadRequest(f"The body is not JSON: {malformed}") from malformed


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _field_error(sentence: str) -> FieldError:
    place = PLACE.search(sentence)
    message = sentence[: place.start()] if place else sentence
    named = NAMED_FIELD.search(message)
    parts = [part for part in (place[1] if place else "", named[1] if named else "") if part]
    return FieldError(".".join(parts), message)
