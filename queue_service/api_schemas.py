"""Schemas of what is sent and answered, made by the library that decodes and encodes it."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response
from litestar.routes import HTTPRoute
from msgspec import inspect

from queue_service.protocol.device_api import Problem

Json: TypeAlias = dict[str, Any]

COMPONENT = "#/components/schemas/{name}"
NO_SCHEMA = (type(None), bytes, Any)
"""What answers without JSON are declared as."""


class Schemas:
    """The schemas of an application's bodies, and the components that they refer to."""

    def __init__(self, app: Litestar) -> None:
        kinds = list(dict.fromkeys([Problem, *_kinds(app)]))
        made, self.components = msgspec.json.schema_components(kinds, ref_template=COMPONENT)
        self._made = dict(zip(kinds, made, strict=True))
        for kind in inspect.multi_type_info(kinds):
            _mark_instants(kind, {}, self.components, set())

    def of_body(self, handler: HTTPRouteHandler) -> Json | None:
        """Give the schema of what is sent; None where nothing is."""
        return self._made.get(body_of(handler))

    def of_answer(self, handler: HTTPRouteHandler) -> Json | None:
        """Give the schema of what is answered; None where that is no JSON."""
        return self._made.get(answer_of(handler))


def body_of(handler: HTTPRouteHandler) -> Any:
    """Give the type that the handler takes; None without a body."""
    field = handler.parsed_data_field
    return None if field is None else field.annotation


def answer_of(handler: HTTPRouteHandler) -> Any:
    """Give the type that the handler answers with."""
    declared = handler.parsed_fn_signature.return_type
    if declared.is_subclass_of(Response):
        return declared.inner_types[0].annotation if declared.inner_types else Any
    return declared.annotation


def _kinds(app: Litestar) -> Iterator[Any]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            if handler.resolve_include_in_schema():
                declared = [response.data_container for response in (handler.responses or {}).values()]
                for kind in (body_of(handler), answer_of(handler), *declared):
                    if kind is not None and kind not in NO_SCHEMA:
                        yield kind


def _mark_instants(kind: inspect.Type, schema: Json, components: Json, seen: set[str]) -> None:
    """Say of each instant that it is one: msgspec does so only where the offset is part of the type."""
    match kind:
        case inspect.DateTimeType():
            schema["format"] = "date-time"
        case inspect.UnionType(types=types):
            for option, described in zip(types, schema.get("anyOf", []), strict=False):
                _mark_instants(option, described, components, seen)
        case inspect.ListType(item_type=item):
            _mark_instants(item, schema.get("items", {}), components, seen)
        case inspect.DictType(value_type=value):
            _mark_instants(value, schema.get("additionalProperties", {}), components, seen)
        case inspect.StructType(cls=cls, fields=fields) if cls.__name__ not in seen:
            seen.add(cls.__name__)
            properties = components[cls.__name__]["properties"]
            for field in fields:
                _mark_instants(field.type, properties[field.encode_name], components, seen)
        case _:
            pass
