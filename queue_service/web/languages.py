"""Languages of the pages: catalogs read from ``locales``, and which one a reader gets.

Most pages speak German and English; a visitor's own page speaks every language of
``protocol.languages``, whose catalogs hold its texts alone.

The source language is German: what stands in a template or script is German and is looked up in
``locales/<language>/*.po``. All files of a language count as one catalog, so that each face of the
system can keep its texts in a file of its own.
"""

import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from litestar.connection import ASGIConnection

from queue_service.protocol.languages import SOURCE_LANGUAGE, base

LOCALES = Path(__file__).parent / "locales"
LANGUAGE_NAMES: Mapping[str, str] = {"de": "Deutsch", "en": "English"}
"""Each language in its own words, in the order of the switch."""
LANGUAGE_COOKIE = "queue_language"
LANGUAGE_QUERY = "lang"

Texts: TypeAlias = NullTranslations
"""What ``gettext`` and ``ngettext`` are called on."""


def read_catalog(language: str) -> Catalog:
    """Give all messages of a language, from all its files; raises ValueError when two files disagree."""
    locale = base(language)
    merged = Catalog(locale=locale)
    for file in sorted((LOCALES / language).glob("*.po")):
        with file.open("rb") as opened:
            catalog = read_po(opened, locale=locale, abort_invalid=True)
        for message in catalog:
            known = merged.get(message.id) if message.id else None
            if known is not None and known.string != message.string:
                raise ValueError(f"{file}: {message.id!r} is {message.string!r}, elsewhere {known.string!r}")
            if message.id:
                merged[message.id] = message
    return merged


@cache
def texts(language: str) -> Texts:
    """Give the translations of a language, read once a process."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_catalog(language))
    compiled.seek(0)
    return Translations(compiled)


def script_texts(language: str) -> dict[str, str | list[str]]:
    """Give the catalog as scripts use it: German text → translation, or both plural forms."""
    if language == SOURCE_LANGUAGE:
        return {}
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            message.string if isinstance(message.string, str) else list(message.string)
        )
        for message in read_catalog(language)
        if message.id and message.string
    }


def choose_language(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Give the language to answer in: asked for in the address, remembered, or the browser's."""
    spoken = tuple(LANGUAGE_NAMES)
    return asked_language(request, spoken) or preferred_language(
        request.headers.get("Accept-Language", ""), spoken
    )


def asked_language(request: ASGIConnection[Any, Any, Any, Any], spoken: Sequence[str]) -> str:
    """Give the one of ``spoken`` that the address or the browser's memory names; empty for none."""
    asked = (request.query_params.get(LANGUAGE_QUERY), request.cookies.get(LANGUAGE_COOKIE))
    return next((str(language) for language in asked if language in spoken), "")


def preferred_language(accept: str, spoken: Sequence[str] = tuple(LANGUAGE_NAMES)) -> str:
    """Give the best of ``spoken`` for an ``Accept-Language`` header; German when none fits."""
    wishes: list[tuple[float, str]] = []
    for wish in accept.split(","):
        tag, _, quality = wish.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue  # a wish that can't be read is none
    return next((tag for _, tag in sorted(wishes, key=lambda w: w[0]) if tag in spoken), SOURCE_LANGUAGE)


def localized(by_language: Mapping[str, str], language: str) -> str:
    """Give a text that offices keep by language; German where the wanted one is missing."""
    return by_language.get(language) or by_language.get(SOURCE_LANGUAGE, "")
