"""What a notice says, by kind, way and language."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from queue_service.notices.content import (
    Content,
    Facts,
    Items,
    Paragraph,
    Services,
    content,
    text_message,
)
from queue_service.notices.model import AppointmentNotice, Message, Way

MAIL = "mail.html"
LINE_COLOUR = "#43496a"
"""Beside the facts, where an authority has no colour of its own."""


def compose(notice: AppointmentNotice, way: Way, own: Mapping[str, str] | None = None) -> Message:
    """Put a notice into words for one way; for a letter its text without the sheet.

    ``own`` are the authority's own texts for this kind and way, by language.
    """
    if way == "sms":
        return Message(subject="", text=text_message(notice, own or {}))
    said = content(notice, way, own or {})
    html = _html(said, notice) if way == "email" else ""
    return Message(subject=said.subject, text="\n".join(_plain(said)).strip() + "\n", html=html)


def _plain(said: Content) -> Iterator[str]:
    for block in said.blocks:
        match block:
            case Paragraph():
                yield ""
                yield from block.lines
            case Items():
                yield from (f"- {item}" for item in block.items)
            case Facts():
                yield ""
                for fact in block.facts:
                    yield f"{fact.label.rstrip('?:')}: {fact.lines[0]}"
                    yield from (f"  {line}" for line in fact.lines[1:])
            case Services():
                yield from _plain_services(block, said)


def _plain_services(block: Services, said: Content) -> Iterator[str]:
    labels = said.wording.labels
    for service in block.services:
        yield ""
        yield f"{service.name}"
        if service.documents:
            yield f"{labels.documents}:"
            yield from (f"- {document}" for document in service.documents)
        if service.fee:
            yield f"{labels.fee}: {service.fee}"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["linked"] = _linked
    return environment


def _linked(text: str, link: str) -> Markup | str:
    """Give the text with the appointment's link to press."""
    if not link or link not in text:
        return text
    before, _, after = text.partition(link)
    return Markup('{}<a href="{}">{}</a>{}').format(before, link, link, after)


def _html(said: Content, notice: AppointmentNotice) -> str:
    return (
        _environment()
        .get_template(MAIL)
        .render(
            language=said.language,
            subject=said.subject,
            blocks=[(type(block).__name__, block) for block in said.blocks],
            labels=said.wording.labels,
            accent=notice.authority.accent or LINE_COLOUR,
            link=notice.link,
        )
    )
