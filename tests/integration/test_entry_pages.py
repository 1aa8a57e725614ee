"""Places are booked, looked up and given back with plain forms; two clicks are one booking."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count

import httpx
import msgspec
import pytest
from icalendar import Calendar, Component

from queue_service.booking.proof_of_work import solves
from queue_service.platform.queries import Connection
from tests.integration.running_service import RunningService

HOURS = "/entries/suedbad"
HOUR = "fruehschwimmen.20261124T0530Z"
LATER = "fruehschwimmen.20261126T0530Z"
FEW_BITS = 4
CHALLENGE = re.compile(r'data-challenge="([^"]+)"')
CALENDAR = re.compile(r'href="([^"]+/calendar.ics)"')
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


async def calendar_event(browser: httpx.AsyncClient, page: str) -> Component:
    """Take the file to which a booking's page leads as a calendar does."""
    address = CALENDAR.search(page)
    assert address, page
    (event,) = Calendar.from_ical((await browser.get(address[1])).content).walk("VEVENT")
    return event


async def bookings(conn: Connection) -> list[tuple[str, int]]:
    return [tuple(row) for row in await conn.fetch("SELECT state, party_size FROM entry_booking")]


async def test_a_form_sent_twice_books_once_and_its_page_opens_moves_and_cancels_the_booking(
    browser: httpx.AsyncClient, conn: Connection
) -> None:
    assert "Südbad" in (await browser.get("/entries")).text
    assert HOUR in (await browser.get(HOURS, params={"party": 2})).text
    form = await check_form(browser)
    first, again = [await browser.post(f"{HOURS}/book", data=form) for _ in range(2)]
    assert first.url == again.url
    assert "Ihre Plätze sind gebucht" in again.text
    assert await bookings(conn) == [("booked", 2)]
    hours = await browser.get(f"{first.url.path}/move")
    assert LATER in hours.text
    assert f'value="{HOUR}"' not in hours.text
    before = await calendar_event(browser, first.text)
    moved = await browser.post(f"{first.url.path}/move", data={"entry": LATER})
    after = await calendar_event(browser, moved.text)
    assert after["UID"] == before["UID"]
    assert [str(file["SEQUENCE"]) for file in (before, after)] == ["0", "1"]
    assert after.decoded("DTSTART") == datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
    assert "Badekleidung" in str(after["DESCRIPTION"])
    assert "Ihre Plätze sind verlegt" in moved.text
    await conn.execute("UPDATE timed_entry SET taken = places WHERE starts_at = '2026-11-24 05:30Z'")
    full = await browser.post(f"{first.url.path}/move", data={"entry": HOUR})
    assert (full.status_code, "gerade vergeben" in full.text) == (409, True)
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


async def test_a_sum_is_done_by_scripts_and_what_is_none_books_nothing(
    browser: httpx.AsyncClient, conn: Connection, running_service: RunningService
) -> None:
    state = running_service.app.state
    state.settings = msgspec.structs.replace(state.settings, proof_of_work_bits=FEW_BITS)
    form = await check_form(browser)
    page = await browser.get(f"{HOURS}/book", params={"entry": HOUR, "party": 2})
    challenge = CHALLENGE.search(page.text)
    assert challenge, page.text
    answers = (f"{challenge[1]}.{number}" for number in count())
    right = next(answer for answer in answers if solves(answer, FEW_BITS))
    wrong = next(answer for answer in answers if not solves(answer, FEW_BITS))
    refused = await browser.post(f"{HOURS}/book", data=form | {"proof": wrong})
    assert (refused.status_code, "noch einmal" in refused.text) == (409, True)
    assert await bookings(conn) == []
    await browser.post(f"{HOURS}/book", data=form | {"proof": right})
    # Nobody is shut out for having no script.
    await browser.post(f"{HOURS}/book", data=await check_form(browser, party=1))
    assert sorted(await bookings(conn)) == [("booked", 1), ("booked", 2)]


async def test_a_name_that_is_none_is_said_beside_its_field(
    browser: httpx.AsyncClient, conn: Connection
) -> None:
    form = await check_form(browser)
    told = await browser.post(f"{HOURS}/book", data=form | {"name": "x" * 201})
    assert (told.status_code, "Das ist zu lang" in told.text) == (400, True)
    assert await bookings(conn) == []
