"""Places are booked, looked up and given back with plain forms; two clicks are one booking."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from queue_service.platform.queries import Connection
from tests.integration.running_service import RunningService

HOURS = "/entries/suedbad"
HOUR = "fruehschwimmen.20261124T0530Z"
KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture
async def browser(running_service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    async with running_service.client() as client:
        client.headers["Accept"] = "text/html"
        client.follow_redirects = True
        yield client


async def check_form(browser: httpx.AsyncClient, party: int = 2) -> dict[str, str]:
    """Give the last form's fields as the page of this hour has them."""
    page = await browser.get(f"{HOURS}/book", params={"entry": HOUR, "party": party})
    key = KEY.search(page.text)
    assert key, page.text
    return {"key": key[1], "entry": HOUR, "party": str(party), "name": "Erika Mustermann"}


async def bookings(conn: Connection) -> list[tuple[str, int]]:
    return [tuple(row) for row in await conn.fetch("SELECT state, party_size FROM entry_booking")]


async def test_a_form_sent_twice_books_once_and_its_page_opens_and_cancels_the_booking(
    browser: httpx.AsyncClient, conn: Connection
) -> None:
    assert "Südbad" in (await browser.get("/entries")).text
    assert HOUR in (await browser.get(HOURS, params={"party": 2})).text
    form = await check_form(browser)
    first, again = [await browser.post(f"{HOURS}/book", data=form) for _ in range(2)]
    assert first.url == again.url
    assert "Ihre Plätze sind gebucht" in again.text
    assert await bookings(conn) == [("booked", 2)]
    cancelled = await browser.post(f"{first.url.path}/cancel")
    assert "Ihre Buchung ist zurückgegeben" in cancelled.text
    assert await bookings(conn) == [("cancelled", 2)]


async def test_without_the_secret_a_booking_is_not_shown_and_with_it_it_is(
    browser: httpx.AsyncClient,
) -> None:
    made = await browser.post(
        "/api/v1/entry-bookings", json={"office": "suedbad", "entry": HOUR, "party_size": 3}
    )
    access = {name: made.json()[name] for name in ("reference", "secret")}
    asked = await browser.get(f"/entry-booking/{access['reference']}")
    assert asked.url.path == "/entry-booking"
    wrong = await browser.post("/entry-booking", data=access | {"secret": "wrong"})
    assert (wrong.status_code, "passen nicht zusammen" in wrong.text) == (404, True)
    right = await browser.post("/entry-booking", data=access)
    assert "3 Personen" in right.text


async def test_places_that_are_gone_lead_back_to_the_hours_with_a_word(
    browser: httpx.AsyncClient, conn: Connection, running_service: RunningService
) -> None:
    form = await check_form(browser)
    await conn.execute("UPDATE timed_entry SET taken = places WHERE code = 'fruehschwimmen'")
    gone = await browser.post(f"{HOURS}/book", data=form)
    assert (gone.status_code, "gerade vergeben" in gone.text) == (409, True)
    running_service.clock.move(days=1)
    over = await browser.post(f"{HOURS}/book", data=form)
    assert (over.status_code, "kann nicht mehr gebucht werden" in over.text) == (409, True)
    assert await bookings(conn) == []


NONSENSE = ("party=0", "party=²", "party=99999999", "code=%00", "from=9999-12-31", "from=soon", "refused=x")


async def test_what_no_page_of_ours_has_sent_still_gets_a_page(browser: httpx.AsyncClient) -> None:
    for query in NONSENSE:
        shown = await browser.get(f"{HOURS}?{query}")
        sent = await browser.post(f"{HOURS}/book", data=dict([query.split("=")]))
        assert {shown.status_code, sent.status_code} <= {200, 400, 404, 409}, query
        assert shown.headers["Content-Type"].startswith("text/html"), query


async def test_a_name_that_is_none_is_said_beside_its_field(
    browser: httpx.AsyncClient, conn: Connection
) -> None:
    form = await check_form(browser)
    told = await browser.post(f"{HOURS}/book", data=form | {"name": "x" * 201})
    assert (told.status_code, "Das ist zu lang" in told.text) == (400, True)
    assert await bookings(conn) == []
