"""An authority's own words: checked and looked at before they are used, and given up again."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from queue_service.notices import letter_store
from queue_service.notices.letter_fonts import letter_fonts
from queue_service.notices.model import Kind, Message, NoticedAuthority, Way, fallbacks
from queue_service.notices.sample_notice import sample_notice
from queue_service.notices.text_template import check, placeholders
from queue_service.notices.texts import compose
from queue_service.notices.wording import standard_wordings, wording
from queue_service.offices.catalogue import Authority
from queue_service.platform.errors import InvalidFields
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError


class AuthorityText(msgspec.Struct, frozen=True):
    """A text, and what it says to somebody invented."""

    authority: str
    kind: Kind
    way: Way
    language: str
    text: str
    is_standard: bool
    """The authority has no text of its own."""
    placeholders: list[str]
    """What can stand in braces; a line with a fact that isn't known is left out."""
    preview: Message


async def own_texts(conn: Connection, authority: str, kind: Kind, way: Way) -> Mapping[str, str]:
    """Give an authority's own words by language, as ``compose`` takes them."""
    return await letter_store.own_texts(conn, authority, kind, way)


async def read(conn: Connection, authority: Authority, kind: Kind, way: Way, language: str) -> AuthorityText:
    """Give the text in use, the authority's own or the standard one in the nearest language."""
    own = await own_texts(conn, authority.slug, kind, way)
    return _shown(authority, kind, way, language, own)


def preview(authority: Authority, kind: Kind, way: Way, language: str, text: str) -> AuthorityText:
    """Show what a text would say, without using it; raises InvalidFields."""
    check(text, kind, way)
    if way == "letter" and (missing := letter_fonts().missing(text)):
        shown = " ".join(sorted(missing))
        raise InvalidFields(errors=[FieldError("text", f"A letter can't show these characters: {shown}.")])
    return _shown(authority, kind, way, language, {language: text})


async def save(
    conn: Connection, now: datetime, authority: Authority, kind: Kind, way: Way, language: str, text: str
) -> AuthorityText:
    """Use a text from now on; raises InvalidFields."""
    shown = preview(authority, kind, way, language, text)
    await letter_store.save_own_text(conn, now, authority.id, kind, way, language, text)
    return shown


async def drop(conn: Connection, authority: Authority, kind: Kind, way: Way, language: str) -> None:
    """Use the standard text again."""
    await letter_store.drop_own_text(conn, authority.id, kind, way, language)


def _shown(
    authority: Authority, kind: Kind, way: Way, language: str, own: Mapping[str, str]
) -> AuthorityText:
    noticed = NoticedAuthority(authority.slug, authority.name, authority.accent)
    return AuthorityText(
        authority=authority.slug,
        kind=kind,
        way=way,
        language=language,
        text=_in_use(kind, way, language, own),
        is_standard=language not in own,
        placeholders=placeholders(kind, way),
        preview=compose(sample_notice(kind, language, noticed), way, own),
    )


def _in_use(kind: Kind, way: Way, language: str, own: Mapping[str, str]) -> str:
    for tag in fallbacks(language):
        if tag in own:
            return own[tag]
        if tag in standard_wordings():
            break
    return wording(language).standard_text(kind, way)
