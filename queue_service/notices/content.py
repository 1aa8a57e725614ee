"""A notice as subject and blocks, before it becomes an e-mail, a text message or a letter."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TypeAlias
from urllib.parse import urlsplit

import msgspec

from queue_service.notices.model import (
    AppointmentNotice,
    NoticedService,
    Way,
    fallbacks,
    in_language,
    list_in_language,
)
from queue_service.notices.short_message import fitted
from queue_service.notices.text_template import BLOCKS, ITEM, NEVER_LEFT_OUT, expanded, filled
from queue_service.notices.wording import Wording, standard_wordings, wording


class Paragraph(msgspec.Struct, frozen=True):
    """Lines that belong together; each begins anew."""

    lines: list[str]


class Items(msgspec.Struct, frozen=True):
    """A list, close to what stands before it."""

    items: list[str]


class Fact(msgspec.Struct, frozen=True):
    """One line of the appointment's facts; the important ones are set off."""

    label: str
    lines: list[str]
    important: bool = False


class Facts(msgspec.Struct, frozen=True):
    """When and where, and by which code."""

    facts: list[Fact]


class ServiceLine(msgspec.Struct, frozen=True):
    """What is done, what to bring for it and what it costs."""

    name: str
    documents: list[str]
    fee: str


class Services(msgspec.Struct, frozen=True):
    """All that the visit is to settle."""

    services: list[ServiceLine]


Block: TypeAlias = Paragraph | Items | Facts | Services


class Content(msgspec.Struct, frozen=True):
    """All that is said."""

    language: str
    wording: Wording
    subject: str
    blocks: list[Block]


def content(notice: AppointmentNotice, way: Way, own: Mapping[str, str]) -> Content:
    """Give what the notice says by e-mail or letter.

    ``own`` are the authority's texts for its kind and way, by language.
    """
    language, text = _text(notice, way, own)
    words = wording(language)
    lines = expanded(text, words.parts_for(way, of_hour=notice.of_hour))
    values = _values(notice, language, words)
    # A subject only has facts that every notice knows; so the text's check demands.
    subject = filled(lines[0], values) or ""
    blocks = [
        block for paragraph in _paragraphs(lines[1:]) for block in _blocks(paragraph, notice, values, words)
    ]
    return Content(language, words, subject, blocks)


def text_message(notice: AppointmentNotice, own: Mapping[str, str]) -> str:
    """Give the notice as a text message, in one if possible."""
    language, text = _text(notice, "sms", own)
    values = _values(notice, language, wording(language))
    said = [(line, filled(line, values)) for line in expanded(text, {})]
    kept = [(line, words) for line, words in said if words]
    needed = [any(f"{{{name}}}" in line for name in NEVER_LEFT_OUT) for line, _ in kept]
    return fitted([words for _, words in kept], needed)


def _text(notice: AppointmentNotice, way: Way, own: Mapping[str, str]) -> tuple[str, str]:
    """Give the text in the nearest language, the authority's before ours, and the language."""
    for language in fallbacks(notice.recipient.language):
        if language in own:
            return language, own[language]
        if language in standard_wordings():
            return language, standard_wordings()[language].standard_text(notice.kind, way)
    raise AssertionError("German is always there")


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    for has_words, group in groupby(lines, key=bool):
        if has_words:
            yield list(group)


def _blocks(
    lines: list[str], notice: AppointmentNotice, values: Mapping[str, str], words: Wording
) -> Iterator[Block]:
    for is_item, group in groupby(lines, key=lambda line: line.startswith(ITEM)):
        said = [said for line in group if line not in _BLOCK_LINES and (said := filled(line, values))]
        if said:
            yield Items([line.removeprefix(ITEM) for line in said]) if is_item else Paragraph(said)
    if "{appointment}" in lines:
        yield Facts(list(_facts(notice, values, words)))
    if "{services}" in lines and notice.services:
        yield Services([_service(service, notice.recipient.language, words) for service in notice.services])


_BLOCK_LINES = frozenset(f"{{{name}}}" for name in BLOCKS)


def _values(notice: AppointmentNotice, language: str, words: Wording) -> dict[str, str]:
    office, zone = notice.office, notice.office.time_zone
    previous, respond_by = notice.previous_start, notice.respond_by
    return {
        "greeting": words.greet(notice.recipient.name),
        "authority": in_language(notice.authority.name, language),
        "office": in_language(office.name, language),
        "street": office.address.street,
        "place": f"{office.address.postal_code} {office.address.city}",
        "city": office.address.city,
        "phone": office.phone or "",
        "day": words.moment(notice.start, zone, words.day),
        "short_day": words.moment(notice.start, zone, words.short_day),
        "time": words.moment(notice.start, zone, words.time),
        "previous_day": words.moment(previous, zone, words.day) if previous else "",
        "previous_short_day": words.moment(previous, zone, words.short_day) if previous else "",
        "previous_time": words.moment(previous, zone, words.time) if previous else "",
        "respond_by": words.moment(respond_by, zone, words.respond_by) if respond_by else "",
        "short_respond_by": words.moment(respond_by, zone, words.short_respond_by) if respond_by else "",
        "reason": words.reasons[notice.reason] if notice.reason else "",
        "last_day": words.day_in_words(notice.last_day) if notice.last_day else "",
        "reference": notice.reference,
        "spelled": ", ".join(notice.reference_words),
        "persons": str(notice.persons) if notice.persons > 1 else "",
        "link": notice.link,
        "site": urlsplit(notice.link).hostname or "",
    }


def _facts(notice: AppointmentNotice, values: Mapping[str, str], words: Wording) -> Iterator[Fact]:
    labels = words.labels
    yield Fact(labels.when, [f"{values['day']}, {values['time']}"], important=True)
    where = [values["office"], f"{values['street']}, {values['place']}"]
    yield Fact(labels.where, where, important=True)
    access = [in_language(fact, notice.recipient.language) for fact in notice.office.access]
    if any(access):
        yield Fact(labels.access, [sentence for sentence in access if sentence])
    if values["persons"]:
        yield Fact(labels.persons, [values["persons"]])
    yield Fact(labels.reference, [values["reference"]], important=True)
    if values["spelled"]:
        yield Fact(labels.spelled, [values["spelled"]])


def _service(service: NoticedService, language: str, words: Wording) -> ServiceLine:
    name = in_language(service.name, language)
    times = words.labels.times.format(quantity=service.quantity)
    return ServiceLine(
        name=f"{name} ({times})" if service.quantity > 1 else name,
        documents=list_in_language(service.documents, language),
        fee=in_language(service.fee, language),
    )
