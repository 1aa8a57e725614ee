"""An e-mail on its way: addressed to whom it is for, and to nobody else."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from icalendar import Calendar
from msgspec.structs import replace

from queue_service.notices.by_email import as_email, wire_address
from queue_service.notices.carrier import Outgoing, RefusedError
from queue_service.notices.model import Message, NoticedAuthority, Recipient
from queue_service.notices.sample_notice import sample_notice

BREMEN = NoticedAuthority("bremen", {"de": "Freie Hansestadt\r\nBcc: all@example.org"})
ID = UUID("7f3c5a60-2d0e-4c57-9a53-3f1f0f6f2c11")


def outgoing(subject: str = "Ihr Termin", email: str = "erika@example.org") -> Outgoing:
    notice = replace(sample_notice("booked", "de", BREMEN), recipient=Recipient(email=email))
    message = Message(subject, "Guten Tag, schön.\n", "<p>Guten Tag</p>")
    return Outgoing(ID, notice, message, datetime(2026, 11, 23, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "on_the_wire"),
    [
        ("erika@example.org", "erika@example.org"),
        ("erika@Bürgerpark.de", "erika@xn--brgerpark-q9a.de"),
        ("erika@straße.de", "erika@xn--strae-oqa.de"),
        ("jürgen@example.org", "jürgen@example.org"),
    ],
)
def test_a_domain_with_umlauts_is_written_as_servers_know_it(typed: str, on_the_wire: str) -> None:
    assert wire_address(typed) == on_the_wire


@pytest.mark.parametrize(
    "typed", ["", "erika", "@example.org", "a@b\r\nBcc: c@d.de", "a b@example.org", "a@-.de"]
)
def test_what_is_no_address_is_refused_before_anybody_is_asked(typed: str) -> None:
    with pytest.raises(RefusedError):
        wire_address(typed)


def test_nothing_that_somebody_typed_becomes_a_header() -> None:
    mail = as_email(outgoing("Termin\r\nBcc: all@example.org"), "termine@bremen.test")
    assert "Bcc" not in mail
    assert b"\nBcc" not in mail.as_bytes()


def test_a_repetition_is_recognised_and_no_holiday_reply_is_asked_for() -> None:
    first, second = (as_email(outgoing(), "termine@bremen.test") for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"] == f"<{ID}@bremen.test>"
    assert first["Auto-Submitted"] == "auto-generated"


def test_every_reader_finds_a_form_to_read() -> None:
    mail = as_email(outgoing(), "termine@bremen.test")
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert mail["Content-Language"] == "de"
    assert mail.as_bytes().isascii()
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]


def test_calendars_see_one_invitation_to_the_address_that_was_written_to() -> None:
    """A second part of text/calendar is a second invitation to Thunderbird; a foreign guest has no button."""
    mail = as_email(outgoing(email="erika@Bürgerpark.de"), "termine@bremen.test")
    [invitation] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(str(invitation.get_content()))
    [event] = calendar.walk("VEVENT")
    assert invitation.get_param("method") == calendar["METHOD"] == "REQUEST"
    assert event["ATTENDEE"] == f"mailto:{mail['To']}"
    assert event["ORGANIZER"] == "mailto:termine@bremen.test"
