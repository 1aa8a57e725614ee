"""The languages in which visitors are spoken to, and how each is written.

Tags are BCP 47; its variant ``simple`` is registered for simplified forms: Leichte Sprache is
``de-simple``. Staff pages speak German and English (``web/languages.py``).
"""

from collections.abc import Mapping, Sequence
from typing import Literal

VisitorLanguage = Literal["de", "de-simple", "en", "tr", "ar", "uk", "ru", "pl", "fr", "bg"]
SOURCE_LANGUAGE = "de"
LINGUA_FRANCA = "en"
"""What offices write beside German: rather this than German for whoever grew up with neither."""
LANGUAGE_NAMES: Mapping[str, str] = {
    "de": "Deutsch",
    "de-simple": "Leichte Sprache",
    "en": "English",
    "tr": "Türkçe",
    "ar": "العربية",
    "uk": "Українська",
    "ru": "Русский",
    "pl": "Polski",
    "fr": "Français",
    "bg": "Български",
}
"""Each language in its own words, in the order in which they are offered."""
RIGHT_TO_LEFT = frozenset({"ar"})


def direction(language: str) -> str:
    """Give the HTML ``dir`` of a language."""
    return "rtl" if base(language) in RIGHT_TO_LEFT else "ltr"


def base(language: str) -> str:
    """Give the tag without its variant: whose grammar, calendar and voice serve the language."""
    return language.partition("-")[0]


def nearest(wanted: str, spoken: Sequence[str]) -> str:
    """Give the one of ``spoken`` that comes closest to a tag; German when none does."""
    return next((tag for tag in (wanted, base(wanted)) if tag in spoken), SOURCE_LANGUAGE)


def in_best_language(by_language: Mapping[str, str], wanted: str) -> tuple[str, str]:
    """Give what an office has written by language, and in which language that is; empty for none.

    Offices write German and English. Forms of German fall back to German, other languages to English.
    """
    fallbacks = (SOURCE_LANGUAGE, LINGUA_FRANCA)
    if base(wanted) != SOURCE_LANGUAGE:
        fallbacks = (LINGUA_FRANCA, SOURCE_LANGUAGE)
    for tag in (wanted, base(wanted), *fallbacks, *by_language):
        if by_language.get(tag):
            return by_language[tag], tag
    return "", wanted
