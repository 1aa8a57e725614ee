"""Citizens at the booking pages without scripts: sent twice, too late, changed their mind, lost the key."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
from icalendar import Calendar

from queue_service.accounts.login_limits import FAILURES_PER_NAME_AND_ADDRESS, WINDOW
from queue_service.booking.model import HOLD_TIME
from queue_service.booking.proof_of_work import solves
from queue_service.platform.queries import Connection
from tests.integration.citizen import FIRST_PLACES, Citizen
from tests.integration.running_service import RunningService

AT_ONCE = 20
FEW_BITS = 4
"""Of a sum that is done at once."""
UNKNOWN = "2222-2222"
ALL_OF_IT = {"confirm_by": "email", "email": "e@beispiel.de", "name": "Erika Muster"}


@pytest.fixture
async def citizen(running_service: RunningService) -> AsyncIterator[Citizen]:
    somebody = Citizen(running_service)
    yield somebody
    await somebody.browser.aclose()


async def taken(conn: Connection, *states: str) -> int:
    """Count the appointments in these states."""
    counted: int = await conn.fetchval("SELECT count(*) FROM appointment WHERE state = ANY($1)", list(states))
    return counted


async def press_at_once(running_service: RunningService, presses: list[list[tuple[str, str]]]) -> set[str]:
    """Send the form of places by many connections at once; gives the references that are held then."""
    async with AsyncExitStack() as stack:
        others = [Citizen(running_service) for _ in presses]
        for other in others:
            await stack.enter_async_context(other.browser)
        answers = await asyncio.gather(
            *(other.post("/booking/hold", fields) for other, fields in zip(others, presses, strict=True))
        )
    assert {answer.status_code for answer in answers} == {200}
    return {answer.url.path.split("/")[2] for answer in answers}


async def test_a_place_pressed_many_times_at_once_is_held_once(
    citizen: Citizen, running_service: RunningService, conn: Connection
) -> None:
    await citizen.goes_to(FIRST_PLACES)
    form = citizen.form("/booking/hold")
    pressed = [*form.fields, form.buttons[0]]
    assert len(await press_at_once(running_service, [pressed] * AT_ONCE)) == 1
    assert await taken(conn, "held") == 1
    # The control: on pages of their own, the same presses are as many holds as there are counters.
    others = [[("key", f"page {n}"), *(field for field in pressed if field[0] != "key")] for n in range(3)]
    await press_at_once(running_service, others)
    assert await taken(conn, "held") > 1


async def test_confirming_many_times_at_once_books_once(citizen: Citizen, conn: Connection) -> None:
    reference = await citizen.holds()
    await citizen.sends("/check", **ALL_OF_IT)
    form = citizen.form("/confirm")
    answers = await asyncio.gather(*(citizen.post(form.action, form.fields) for _ in range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.url.path for answer in answers} == {f"/appointment/{reference}"}
    assert await taken(conn, "booked") == 1


async def test_who_is_too_late_gets_the_same_place_and_types_nothing_again(
    citizen: Citizen, running_service: RunningService, conn: Connection
) -> None:
    first = await citizen.holds()
    await citizen.sends("/check", **ALL_OF_IT)
    running_service.clock.now += HOLD_TIME["online"]
    await citizen.sends("/confirm")
    assert (citizen.page.status_code, citizen.heading) == (409, "Die Reservierung ist abgelaufen")
    await citizen.sends("/again", 0)
    assert citizen.heading == "Stimmt alles?"
    await citizen.sends("/confirm")
    assert citizen.heading == "Ihr Termin ist gebucht"
    assert citizen.reference != first
    assert "e@beispiel.de" in citizen.page.text
    assert await taken(conn, "booked") == 1


async def test_the_next_places_are_offered_when_the_same_one_is_gone(
    citizen: Citizen, running_service: RunningService
) -> None:
    await citizen.holds()
    running_service.clock.now += HOLD_TIME["online"]
    await citizen.sends("/check", **ALL_OF_IT)
    same = citizen.form("/again").buttons[0][1]
    async with running_service.client() as others:
        office, start = same.split()
        body = {"office": office, "start": start, "services": [{"service": "personalausweis"}]}
        while (await others.post("/api/v1/appointments", json=body)).is_success:
            pass
    await citizen.sends("/again", 0)
    assert "Dieser Termin wurde gerade vergeben" in citizen.page.text
    assert same not in [value for _, value in citizen.form("/again").buttons]
    await citizen.sends("/again", 0)
    assert citizen.heading == "Stimmt alles?"


async def test_whoever_goes_back_and_chooses_another_place_gives_the_first_one_back(
    citizen: Citizen, conn: Connection
) -> None:
    first = await citizen.holds()
    second = await citizen.holds(3)
    assert first != second
    assert await taken(conn, "held") == 1
    # What was booked meanwhile, in another window, stays.
    await citizen.sends("/check", confirm_by="none")
    await citizen.sends("/confirm")
    await citizen.goes_to(FIRST_PLACES)
    form = citizen.form("/booking/hold")
    await citizen.post(form.action, [*form.fields, form.buttons[5], ("instead", second)])
    assert await taken(conn, "booked") == 1


async def test_a_place_that_somebody_else_took_is_said_above_the_places(citizen: Citizen) -> None:
    await citizen.goes_to(FIRST_PLACES)
    form = citizen.form("/booking/hold")
    night = ("place", "bsc-mitte 2026-11-24T03:00:00+01:00")
    citizen.page = await citizen.post(form.action, [*form.fields, night])
    assert "Dieser Termin wurde gerade vergeben" in citizen.page.text
    assert citizen.form("/booking/hold").buttons


async def test_an_appointment_is_found_moved_and_cancelled_by_its_reference_and_secret(
    citizen: Citizen, conn: Connection
) -> None:
    reference = await citizen.books()
    secret = citizen.secret
    await citizen.sends("/forget")
    await citizen.goes_to(f"/appointment/{reference}")
    assert citizen.heading == "Termin ändern oder absagen"
    # As it is copied from paper.
    spaced = "-".join(secret[n : n + 4] for n in range(0, len(secret), 4)).lower()
    await citizen.sends("/appointment", reference=reference.lower(), secret=spaced)
    assert citizen.heading == "Ihr Termin ist gebucht"
    # The address that the browser remembers opens nothing.
    assert secret not in str(citizen.page.url)
    before = await conn.fetchval("SELECT starts_at FROM appointment")
    await citizen.goes_to(f"/appointment/{reference}/move")
    await citizen.sends("/move", 5)
    assert citizen.heading == "Ihr Termin ist verschoben"
    assert await conn.fetchval("SELECT starts_at FROM appointment") != before
    for _ in range(2):
        await citizen.goes_to(f"/appointment/{reference}/cancel")
        if citizen.page.url.path.endswith("/cancel"):
            await citizen.sends("/cancel")
        assert citizen.heading == "Ihr Termin ist abgesagt"
    assert await taken(conn, "cancelled") == 1


async def test_wrong_and_unknown_look_alike_and_too_many_of_them_have_to_wait(
    citizen: Citizen, running_service: RunningService
) -> None:
    reference = await citizen.books()
    secret = citizen.secret
    await citizen.sends("/forget")

    async def answered(reference: str, secret: str) -> tuple[int, str]:
        await citizen.goes_to("/appointment")
        await citizen.sends("/appointment", reference=reference, secret=secret)
        return citizen.page.status_code, citizen.page.text.replace(reference, "")

    assert await answered(reference, "wrong") == await answered(UNKNOWN, secret)
    for _ in range(FAILURES_PER_NAME_AND_ADDRESS):
        await answered(reference, "wrong")
    # The right one has to wait too: otherwise waiting would tell which one is right.
    assert (await answered(reference, secret))[0] == httpx.codes.TOO_MANY_REQUESTS
    assert "zu viele Versuche" in citizen.page.text
    running_service.clock.now += WINDOW
    await answered(reference, secret)
    assert citizen.heading == "Ihr Termin ist gebucht"


async def test_a_secret_that_opens_nothing_is_not_repeated(citizen: Citizen) -> None:
    for address in ("/appointment", "/entry-booking", "/waiting"):
        await citizen.goes_to(f"{address}?reference={UNKNOWN}&secret=not-the-one&lang=en")
        assert f'{address}?reference={UNKNOWN}&amp;lang=de"' in citizen.page.text
        assert "not-the-one" not in citizen.page.text


async def test_the_calendar_file_is_one_that_a_calendar_reads(citizen: Citizen, conn: Connection) -> None:
    reference = await citizen.books()
    answer = await citizen.browser.get(f"/appointment/{reference}/calendar.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    kept = await conn.fetch("SELECT starts_at, ends_at FROM appointment")
    assert [(event.decoded("DTSTART"), event.decoded("DTEND"))] == [tuple(row) for row in kept]
    assert reference in str(event["DESCRIPTION"])
    # Nobody is told by message, so only the booking itself knows how often it was moved.
    await citizen.goes_to(f"/appointment/{reference}/move")
    await citizen.sends("/move", 5)
    assert await conn.fetchval("SELECT count(*) FROM outbox") == 0
    (moved,) = Calendar.from_ical((await citizen.browser.get(answer.url)).content).walk("VEVENT")
    assert moved["UID"] == event["UID"]
    assert [str(file["SEQUENCE"]) for file in (event, moved)] == ["0", "1"]


async def test_where_a_sum_is_asked_for_a_wrong_result_holds_nothing_and_no_script_shuts_nobody_out(
    citizen: Citizen, running_service: RunningService, conn: Connection
) -> None:
    settings = running_service.app.state.settings
    running_service.app.state.settings = msgspec.structs.replace(settings, proof_of_work_bits=FEW_BITS)
    await citizen.goes_to(FIRST_PLACES)
    challenge = re.search(r'data-challenge="([^"]+)"', citizen.page.text)
    assert challenge
    form = citizen.form("/booking/hold")
    fields = [field for field in form.fields if field[0] != "proof"]
    answers = (f"{challenge[1]}.{number}" for number in count())
    wrong = next(answer for answer in answers if not solves(answer, FEW_BITS))
    await citizen.post(form.action, [*fields, form.buttons[0], ("proof", wrong)])
    assert await taken(conn, "held") == 0
    right = next(answer for answer in answers if solves(answer, FEW_BITS))
    await citizen.post(form.action, [*fields, form.buttons[0], ("proof", right)])
    assert await taken(conn, "held") == 1
    # Without a script there is no result to send.
    await citizen.goes_to(FIRST_PLACES)
    await citizen.sends("/booking/hold", 1)
    # The place held before is given back for it.
    assert (await taken(conn, "held"), await taken(conn, "cancelled")) == (1, 1)


async def test_another_site_s_page_can_do_nothing_here(citizen: Citizen, conn: Connection) -> None:
    await citizen.goes_to(FIRST_PLACES)
    form = citizen.form("/booking/hold")
    citizen.browser.headers["Sec-Fetch-Site"] = "cross-site"
    answer = await citizen.post(form.action, [*form.fields, form.buttons[0]])
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert await taken(conn, "held") == 0


NONSENSE = [
    "",
    "\x00",
    "-1",
    "9" * 400,
    "\ud800",
    "<b>'; --",
    "bsc-mitte 2026-11-24T10:15:00+01:00",
]


FIELDS = (
    "service", "quantity-reisepass", "persons", "office", "from", "day", "weekday", "key", "place",
    "preferences", "instead", "reference", "secret", "confirm_by", "email", "refused", "q",
    "until", "notice", "way", "mobile", "phone",
)  # fmt: skip


async def test_nonsense_in_any_field_is_answered_in_words_and_never_a_fault(
    citizen: Citizen, conn: Connection
) -> None:
    held = f"/appointment/{await citizen.holds()}"
    faults = []
    for value in NONSENSE:
        sent = [("service", "reisepass"), *((name, value) for name in FIELDS)]
        query = urlencode(sent, errors="surrogatepass")
        pages = (
            "/",
            "/booking/services",
            "/booking/places",
            "/appointment",
            "/waiting/join",
            "/waiting",
            f"{held}/move",
            f"{held}/cancel",
        )
        for path in pages:
            faults += [path] if (await citizen.goes_to(f"{path}?{query}")).is_server_error else []
        forms = (
            "/booking/hold",
            "/appointment",
            "/waiting",
            "/waiting/join",
            f"{held}/check",
            f"{held}/again",
            f"{held}/move",
            f"{held}/refuse",
        )
        for path in forms:
            faults += [path] if (await citizen.post(path, sent)).is_server_error else []
    assert faults == []
    assert await taken(conn, "booked") == 0
