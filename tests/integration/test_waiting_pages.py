"""Citizens on the waiting list without scripts: join, look, say yes or no, leave; sent twice or too late."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from queue_service.platform.queries import Connection
from tests.integration.citizen import Citizen
from tests.integration.running_service import RunningService

AT_ONCE = 8
FEW_BITS = 8
JOIN = "/waiting/join?service=personalausweis"
SOON = JOIN + "&office=bsc-mitte"
NEVER = JOIN + "&office=bsc-mitte&weekday=7"
"""No counter is staffed on Sundays."""
BY_CALL = {"way": "call", "phone": "0421 361 88880", "notice": "2"}


@pytest.fixture
async def citizen(running_service: RunningService) -> AsyncIterator[Citizen]:
    somebody = Citizen(running_service)
    yield somebody
    await somebody.browser.aclose()


async def joins(citizen: Citizen, path: str, **typed: str) -> str:
    """Fill in the form; gives the reference of the entry whose page is open then."""
    await citizen.goes_to(path)
    await citizen.sends("/waiting/join", **{"until": "2026-12-31", **BY_CALL, **typed})
    return citizen.reference


async def test_whoever_finds_nothing_waits_looks_again_with_number_and_key_and_leaves(
    citizen: Citizen,
) -> None:
    await citizen.goes_to("/booking/places?service=personalausweis&office=bsc-mitte&weekday=7")
    assert (
        'href="/waiting/join?service=personalausweis&amp;office=bsc-mitte&amp;weekday=7"' in citizen.page.text
    )
    reference = await joins(citizen, NEVER, weekday="7")
    assert citizen.heading == "Sie stehen auf der Warteliste"
    # The length of what is packed tells what stands in it; a page with secrets is sent as it is.
    assert citizen.page.request.headers["Accept-Encoding"].startswith("gzip")
    assert "Content-Encoding" not in citizen.page.headers
    for said in ("0421 36188880", "nur Sonntag", "BürgerServiceCenter-Mitte", "hat niemand"):
        assert said in citizen.page.text
    secret = citizen.printed_secret
    await citizen.sends("/forget")
    await citizen.goes_to(f"/waiting/{reference}")
    wrong = await citizen.sends("/waiting", reference=reference, secret="wrong")
    unknown = await citizen.sends("/waiting", reference="2222-2222", secret=secret)
    assert wrong.text.replace(reference, "") == unknown.text.replace("2222-2222", "")
    await citizen.sends("/waiting", reference=reference.lower(), secret=secret)
    assert citizen.heading == "Sie stehen auf der Warteliste"
    assert secret not in str(citizen.page.url)
    await citizen.goes_to(f"/waiting/{reference}/withdraw")
    await citizen.sends("/withdraw")
    assert citizen.heading == "Sie stehen nicht mehr auf der Warteliste"


async def test_an_offer_is_taken_on_the_entry_s_page_and_a_late_no_loses_nothing(
    citizen: Citizen, conn: Connection
) -> None:
    await joins(citizen, SOON)
    assert citizen.heading == "Ein Termin ist für Sie frei"
    no = citizen.form("/refuse")
    await citizen.sends("/accept")
    assert citizen.heading == "Ihr Termin ist gebucht"
    await citizen.post(no.action, no.fields)
    await citizen.post(citizen.page.url.path + "/refuse", no.fields)
    assert await conn.fetchval("SELECT state FROM appointment") == "booked"


async def test_the_link_of_a_message_leads_to_the_offer_which_is_refused_or_too_late(
    citizen: Citizen, running_service: RunningService, conn: Connection
) -> None:
    entry = await joins(citizen, SOON)
    secret = citizen.printed_secret

    async def link() -> str:
        answer = await citizen.browser.get(f"/api/v1/waiting-list/{entry}", params={"secret": secret})
        return f"/appointment?reference={answer.json()['offer']['appointment']}&secret={secret}"

    await citizen.goes_to(await link())
    assert citizen.heading == "Ein Termin ist für Sie frei"
    await citizen.sends("/refuse")
    assert citizen.heading == "Sie haben diesen Termin abgelehnt"
    assert "an derselben Stelle" in citizen.page.text
    await joins(citizen, SOON, notice="24")
    yes = citizen.form("/accept")
    until = await conn.fetchval("SELECT respond_by FROM waiting_offer WHERE answer IS NULL")
    running_service.clock.now = until
    citizen.page = await citizen.post(yes.action, yes.fields)
    assert "ist die Zeit zu antworten um" in citizen.page.text
    assert await conn.fetchval("SELECT count(*) FROM appointment WHERE state = 'booked'") == 0


async def test_a_form_that_is_sent_many_times_at_once_is_one_place_in_the_order(
    citizen: Citizen, conn: Connection
) -> None:
    await citizen.goes_to(NEVER)
    form = citizen.form("/waiting/join")
    typed = [*form.fields, ("until", "2026-12-31"), ("weekday", "7"), *BY_CALL.items()]
    answers = await asyncio.gather(*(citizen.post(form.action, typed) for _ in range(AT_ONCE)))
    assert len({answer.url.path for answer in answers}) == 1
    assert await conn.fetchval("SELECT count(*) FROM waiting_entry") == 1
    # The control: another page's form is another wish; and who has asked three times is told so.
    for key in ("a", "b", "c"):
        citizen.page = await citizen.post(form.action, [("key", key), *(f for f in typed if f[0] != "key")])
    assert await conn.fetchval("SELECT count(*) FROM waiting_entry") == 3
    assert "so oft auf der Warteliste" in citizen.page.text


async def test_the_page_asks_for_the_sum_and_says_in_words_when_its_time_is_over(
    citizen: Citizen, running_service: RunningService, conn: Connection
) -> None:
    state = running_service.app.state
    state.settings = replace(state.settings, proof_of_work_bits=FEW_BITS)
    await citizen.goes_to(NEVER)
    form = citizen.form("/waiting/join")
    typed = [field for field in form.fields if field[0] != "proof"]
    assert len(typed) < len(form.fields)
    typed += [("until", "2026-12-31"), ("weekday", "7"), ("name", "Erika"), *BY_CALL.items()]
    citizen.page = await citizen.post(form.action, [*typed, ("proof", "too.late")])
    assert "Das Formular war sehr lange offen" in citizen.page.text
    assert 'value="Erika"' in citizen.page.text
    # Whoever has no scripts sends none, and is counted by address alone.
    citizen.page = await citizen.post(form.action, [*typed, ("proof", "")])
    assert citizen.heading == "Sie stehen auf der Warteliste"
    assert await conn.fetchval("SELECT name FROM waiting_contact") == "Erika"
