"""What there is to tell somebody about an appointment, and the message that tells it.

Pure: a notice holds all that its wording, its letter and its calendar file need, so that nothing is
looked up again when it is sent, however much later that is.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

import msgspec

Way = Literal["email", "sms", "letter"]
"""How it reaches the visitor; a code that was only spoken has no message."""
Kind = Literal[
    "booked", "moved", "cancelled", "called_off", "reminder", "offered", "displaced", "waiting_joined"
]
"""``moved`` and ``cancelled`` are as somebody wished; ``displaced`` and ``called_off`` say that the office
had to. ``offered``: a place from the waiting list, held until ``respond_by``. ``waiting_joined``: who
stands on that list now, and has no appointment yet."""
MessageKind = Literal[Kind, "alarm"]
"""All that the outbox holds; an alarm is for whom the office has named, and not for a visitor."""
ToldReason = Literal["illness", "fault", "damage", "strike", "weather"]
"""Why an office had to, as far as visitors are told: each has its words in every language, and none can
name somebody who is ill."""
MessageState = Literal[
    "queued", "sending", "sent", "failed", "unclear", "printed", "posted", "withdrawn", "settled"
]

WAYS: tuple[Way, ...] = get_args(Way)
KINDS: tuple[Kind, ...] = get_args(Kind)
TOLD_REASONS: tuple[ToldReason, ...] = get_args(ToldReason)
SOURCE_LANGUAGE = "de"
"""Stands in for a language in which a text is missing."""
SIMPLE_LANGUAGE = "de-simple"
"""Leichte Sprache."""

Texts = Mapping[str, str]
"""A text by language tag; the German one is always there, unless all are missing."""


class PostalAddress(msgspec.Struct, frozen=True):
    """Where a letter goes, or where a door is."""

    street: str
    postal_code: str
    city: str
    country: str = "DE"
    """ISO 3166-1."""


class Recipient(msgspec.Struct, frozen=True):
    """Whom it is told, and in which language; what is missing closes the way that needs it."""

    name: str = ""
    phone: str | None = None
    """In E.164."""
    email: str | None = None
    postal_address: PostalAddress | None = None
    language: str = SOURCE_LANGUAGE
    """``de``, ``de-simple``, ``en`` or another language tag."""
    letter_form: Literal["standard", "large_print"] = "standard"
    """How letters are printed for this person."""


class NoticedAuthority(msgspec.Struct, frozen=True):
    """The authority that writes."""

    slug: str
    name: dict[str, str]
    accent: str = ""
    """A colour such as ``#b3001b``, or empty."""


class NoticedOffice(msgspec.Struct, frozen=True):
    """The office that the visitor goes to."""

    slug: str
    name: dict[str, str]
    address: PostalAddress
    time_zone: str = "Europe/Berlin"
    phone: str | None = None
    """As printed: ``+49 421 361-0``, or a service number such as ``115``."""
    access: list[dict[str, str]] = []
    """What is known of entrance, lift, toilet, parking …: one sentence each, by language."""


class NoticedService(msgspec.Struct, frozen=True):
    """One thing that the visit is to settle."""

    name: dict[str, str]
    quantity: int = 1
    documents: dict[str, list[str]] = {}
    """What to bring, by language."""
    fee: dict[str, str] = {}


class AppointmentNotice(msgspec.Struct, frozen=True):
    """Something that happened to an appointment, as its visitor is told."""

    kind: Kind
    appointment_id: UUID
    """Names the event in calendars for good; never shown. Of a party's hour, its booking's id; of somebody
    who waits, their entry's."""
    authority: NoticedAuthority
    office: NoticedOffice
    reference: str
    """As shown: ``K7RM-W3XR``."""
    reference_words: list[str]
    """The reference spelled for dictation, a word a character: Köln, sieben, Rostock …"""
    start: datetime
    end: datetime
    """Of somebody who waits: where the days asked for begin and end."""
    services: list[NoticedService]
    recipient: Recipient
    persons: int = 1
    previous_start: datetime | None = None
    """Where it was before, for ``moved`` and ``displaced``."""
    previous_office: NoticedOffice | None = None
    """Where that was, when it was another office."""
    link: str = ""
    """Opens the appointment without anything else being asked, so it is a secret; empty: there is none.

    Kept as a path; ``with_address`` makes an address of it when words are made."""
    respond_by: datetime | None = None
    """When an offer, or a proposed place, is given to somebody else."""
    reason: ToldReason | None = None
    """For ``displaced`` and ``called_off``, where it is told."""
    last_day: date | None = None
    """Until when somebody waits."""
    of_hour: bool = False
    """Places of an hour (a swimming hour, a theatre evening): nobody waits there with a number."""
    sequence: int = 0
    """Grows with every change of the appointment; calendars keep the highest."""


class AlarmNotice(msgspec.Struct, frozen=True):
    """A colleague's call for help, or an evacuation, for the office's emergency contact."""

    alarm: Literal["staff", "leave"]
    authority: NoticedAuthority
    office: dict[str, str]
    """Its name by language."""
    counter: dict[str, str] | None
    """The counter's name; None without one."""
    at: datetime
    time_zone: str
    recipient: Recipient
    """Of whom there is no name: a role's address or telephone."""


Notice = AppointmentNotice | AlarmNotice


class Message(msgspec.Struct, frozen=True):
    """A notice in words. A text message is its ``text`` alone."""

    subject: str
    text: str
    html: str = ""


class ListedMessage(msgspec.Struct, frozen=True):
    """A message as staff see it: whose it is and what has become of it, but nothing that it says."""

    id: UUID
    reference: str
    """The appointment's, or that of a party's hour, or of a place on the waiting list; an alarm's id."""
    starts_at: datetime | None
    """None for a message about the waiting list, or about an alarm."""
    way: Way
    kind: MessageKind
    state: MessageState
    attempts: int
    """Since it was last put into the queue."""
    last_error: str | None
    """A code: why the last attempt failed, or why it is unclear whether it did."""
    created_at: datetime
    next_attempt_at: datetime
    """Of use while it is ``queued``."""
    sent_at: datetime | None


def with_address(notice: AppointmentNotice, visitor_url: str) -> AppointmentNotice:
    """Give the notice with its link as visitors type it: where the service is reached today."""
    return msgspec.structs.replace(notice, link=f"{visitor_url}{notice.link}") if notice.link else notice


def in_language(texts: Texts, language: str) -> str:
    """Give a text in the language, or in the nearest that is there: German at last, or empty."""
    return next((texts[tag] for tag in fallbacks(language) if texts.get(tag)), "")


def list_in_language(lists: Mapping[str, list[str]], language: str) -> list[str]:
    """Give a list of texts in the language, or in the nearest that is there."""
    return next((lists[tag] for tag in fallbacks(language) if lists.get(tag)), [])


def fallbacks(language: str) -> list[str]:
    """Give the languages to look for a text in, best first: ``de-simple`` is looked for as ``de`` too."""
    return list(dict.fromkeys((language, language.partition("-")[0], SOURCE_LANGUAGE)))
