"""Every query is PREPAREd against the migrated schema, and gives what its store makes a Struct of."""

import enum
import re
from typing import Annotated, Any, Literal, get_args, get_origin

import asyncpg
import msgspec
import pytest

from queue_service.platform.queries import Connection, load_queries, sql_directory
from queue_service.queueing.model import Counter, Ticket
from tests.integration.query_results import FED_BY, OF_POSTGRESQL, PARAMETERS, RESULTS, columns_of
from tests.integration.servers import on_every_server

AREAS = sorted(path.stem for path in (sql_directory() / "queries").glob("*.sql"))
QUERIES = sorted(
    f"{area}.{name}"
    for area in AREAS
    for name in load_queries(area).available_queries
    if not name.endswith("_cursor")
)

every_query = pytest.mark.parametrize("query", QUERIES)


def pieces(query: str) -> tuple[str, str, list[str]]:
    """Give a query's SQL as the server sees it, its kind, and its parameters numbered from $1."""
    area, _, name = query.partition(".")
    queries = load_queries(area)
    function = getattr(queries, name)
    return function.sql, function.operation.name, queries.driver_adapter.var_sorted[name]


def travels_as(kind: Any) -> Any:
    """Give the type that a field of this type is sent or fetched as: without None, JSON as text."""
    if get_origin(kind) is Annotated:
        return travels_as(get_args(kind)[0])
    options = [option for option in get_args(kind) if option is not type(None)]
    if type(None) in get_args(kind):
        return travels_as(options[0])
    if get_origin(kind) is Literal:
        return str
    if get_origin(kind) is list and not _is_json(options[0]):
        return list[travels_as(options[0])]  # type: ignore[misc]  # made at run time
    return str if _is_json(kind) or _is_enum(kind) else kind


def _is_json(kind: Any) -> bool:
    plain = get_args(kind)[0] if get_origin(kind) is list else kind
    return get_origin(plain) is dict or (
        isinstance(plain, type) and issubclass(plain, msgspec.Struct | msgspec.Raw)
    )


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.StrEnum)


def of_postgresql(type_: asyncpg.Type) -> Any:
    """Give the Python type of a column or parameter; a name that says what is wrong for one without."""
    return OF_POSTGRESQL.get(type_.name, f"PostgreSQL's {type_.name}")


def expected_parameter(query: str, name: str) -> Any:
    """Give the type that the written tables name for a parameter."""
    kind = PARAMETERS[name]
    return kind.get(query, kind.get("")) if isinstance(kind, dict) else kind


def test_the_table_has_a_line_for_every_query_and_no_other() -> None:
    assert sorted(RESULTS) == QUERIES


def test_every_parameter_is_in_the_table_and_every_line_is_of_use() -> None:
    assert {name for query in QUERIES for name in pieces(query)[2]} == set(PARAMETERS)


@on_every_server
async def test_every_query_fits_the_schema_and_takes_what_the_table_says(conn: Connection) -> None:
    given, written = {}, {}
    for query in QUERIES:
        sql, _, parameters = pieces(query)
        types = (await conn.prepare(sql)).get_parameters()
        for name, type_ in zip(parameters, types, strict=True):
            given[f"{query}({name})"] = of_postgresql(type_)
            written[f"{query}({name})"] = expected_parameter(query, name)
    assert given == written


@on_every_server
async def test_every_query_gives_what_its_store_makes_a_struct_of(conn: Connection) -> None:
    given, written = {}, {}
    for query in QUERIES:
        sql, kind, _ = pieces(query)
        columns = (await conn.prepare(sql)).get_attributes()
        given[query] = (kind, {column.name: of_postgresql(column.type) for column in columns})
        written[query] = result_of(query, *given[query])
    assert given == written


def result_of(query: str, kind: str, columns: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Give kind and columns as the table wants them; a single value's column may have any name."""
    result = RESULTS[query]
    if result is None:
        return kind if kind.startswith("INSERT_UPDATE_DELETE") else "INSERT_UPDATE_DELETE", {}
    if isinstance(result, type) and not issubclass(result, msgspec.Struct):
        return "SELECT_VALUE", dict.fromkeys(list(columns)[:1] or ["value"], result)
    wanted = result if isinstance(result, dict) else columns_of(result)
    rows = kind if kind in {"SELECT", "SELECT_ONE"} else "SELECT"
    return rows, {name: travels_as(type_) for name, type_ in wanted.items()}


@pytest.mark.parametrize("query", FED_BY)
def test_a_query_takes_every_field_of_the_struct_that_feeds_it(query: str) -> None:
    for struct in FED_BY[query]:
        fields = {field.name: travels_as(field.type) for field in msgspec.structs.fields(struct)}
        assert fields == {name: expected_parameter(query, name) for name in fields}
        assert set(fields) <= set(pieces(query)[2])


@every_query
def test_a_query_declares_its_parameters_and_says_what_it_promises(query: str) -> None:
    area, _, name = query.partition(".")
    text = (sql_directory() / "queries" / f"{area}.sql").read_text(encoding="utf-8")
    head = re.search(rf"^-- name: {name}\(([^)]*)\).*\n((?:-- .*\n)*)", text, re.MULTILINE)
    assert head
    declared = [parameter.strip() for parameter in head[1].split(",") if parameter.strip()]
    assert sorted(declared) == sorted(pieces(query)[2])
    assert len(head[2].split()) > 3


@pytest.mark.parametrize(
    ("function", "table", "struct"),
    [("ticket_json", "ticket", Ticket), ("counter_json", "counter", Counter)],
)
async def test_what_the_database_encodes_has_exactly_the_fields_that_are_decoded(
    conn: Connection, function: str, table: str, struct: type[msgspec.Struct]
) -> None:
    keys = await conn.fetchval(
        f"SELECT array_agg(k) FROM jsonb_object_keys({function}(NULL::{table})) AS k"  # noqa: S608 - our own names
    )
    assert set(keys) == {field.encode_name for field in msgspec.structs.fields(struct)}
