"""What a ticket says, and what it never says."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from queue_service.protocol.device_api import IssuedTicket
from queue_service.protocol.stream import OfficeCard, WaitRange
from queue_service.ticket_paper.texts import TicketTexts
from queue_service.ticket_paper.wording import TicketFacts, TicketWords, ticket_words, wait_words

TEXTS = TicketTexts.read()
OFFICE = OfficeCard(
    slug="bsc-mitte",
    name={"de": "BürgerServiceCenter Mitte", "en": "Citizen Service Centre Mitte"},
    time_zone="Europe/Berlin",
    area={"de": "Wartebereich Erdgeschoss", "en": "Waiting area, ground floor"},
    reception={
        "de": "Der Empfang ist rechts neben dem Eingang.",
        "en": "The reception is to the right of the entrance.",
    },
)
TICKET = IssuedTicket(
    id=UUID(int=42),
    number="A042",
    token="Kq3vB7xZ2mN9pR4sT6wY1c",
    people_ahead=12,
    wait=WaitRange(20, 35),
    created_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
    follow_url="https://termine.example.de/n/Kq3vB7xZ2mN9pR4sT6wY1c",
)
SERVICE = {"de": "Reisepass", "en": "Passport"}


def said(ticket: IssuedTicket = TICKET, office: OfficeCard = OFFICE, language: str = "de") -> TicketWords:
    return ticket_words(TicketFacts(ticket, office, language, SERVICE), TEXTS)


def test_german_tickets_speak_german() -> None:
    words = said()
    assert words.ahead == "vor Ihnen: 12"
    assert words.wait == "etwa 20–35 Minuten"
    assert words.area == "Wartebereich Erdgeschoss"
    assert words.advice == "Bitte warten Sie, bis Ihre Nummer angezeigt und aufgerufen wird."
    assert words.reception == ""


@pytest.mark.parametrize(
    ("language", "advice", "reception"),
    [
        ("de", "Bitte warten Sie am Empfang.", "Der Empfang ist rechts neben dem Eingang."),
        ("en", "Please wait at the reception.", "The reception is to the right of the entrance."),
        ("ar", "يرجى الانتظار عند الاستقبال.", "The reception is to the right of the entrance."),
    ],
)
def test_whoever_is_fetched_is_sent_to_the_reception_and_told_of_no_call(
    language: str, advice: str, reception: str
) -> None:
    words = said(msgspec.structs.replace(TICKET, pick_up=True), language=language)
    assert words.advice.startswith(advice)
    assert (words.area, words.reception) == ("", reception)
    assert words.advice != said(language=language).advice


def test_english_tickets_speak_english() -> None:
    words = said(language="en")
    assert words.ahead == "ahead of you: 12"
    assert words.wait == "about 20–35 minutes"
    assert words.area == "Waiting area, ground floor"
    assert words.office == "Citizen Service Centre Mitte"


def test_the_day_is_the_office_s_own() -> None:
    assert said().issued == "Donnerstag, 02.07.2026, 00:30\u00a0Uhr"
    assert said(language="en").issued == "Thursday, 2 Jul 2026, 00:30"


def test_the_service_is_named_only_where_the_office_wants_it() -> None:
    assert "Reisepass" not in msgspec.json.encode(said()).decode()
    open_office = msgspec.structs.replace(OFFICE, ticket_shows_service=True)
    assert said(office=open_office).service == "Reisepass"


def test_the_address_is_shown_as_it_is_typed() -> None:
    assert said().follow_address == "termine.example.de/n/Kq3vB7xZ2mN9pR4sT6wY1c"


def test_the_next_visitor_reads_that_nobody_is_ahead() -> None:
    assert said(msgspec.structs.replace(TICKET, people_ahead=0)).ahead == "vor Ihnen: niemand"


def test_an_appointment_is_shown_at_the_office_s_time() -> None:
    ticket = msgspec.structs.replace(TICKET, appointment_at=datetime(2026, 7, 1, 8, 15, tzinfo=UTC))
    assert said(ticket).appointment == "Ihr Termin: 10:15\u00a0Uhr"


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (None, ""),
        (WaitRange(0, 5), "weniger als 5 Minuten"),
        (WaitRange(0, 0), "weniger als 2 Minuten"),
        (WaitRange(10, 10), "etwa 10 Minuten"),
        (WaitRange(45, 60), "etwa 45–60 Minuten"),
    ],
)
def test_a_wait_is_said_as_people_say_it(wait: WaitRange | None, words: str) -> None:
    assert wait_words(wait, "de", TEXTS) == words


def test_a_language_without_words_gets_the_german_ticket() -> None:
    assert said(language="tlh").ahead == "vor Ihnen: 12"
