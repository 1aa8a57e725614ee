"""What is said for a call: the words alone, by language.

German (DOMAIN: speech at the wall): "Nummer A, null, vier, zwei. Bitte zu Schalter drei."
Letters and digits of the number are said singly, so that a number is heard as it is printed.
"""

import re
from typing import Final

import msgspec

from queue_service.protocol.stream import Call

LARGEST_SPOKEN_WHOLE = 99
"""A counter's number above this is said digit by digit, as people say room numbers."""


class Utterance(msgspec.Struct, frozen=True):
    """One sentence or two, said in one breath by the voice of ``language``."""

    language: str
    text: str


class Wording(msgspec.Struct, frozen=True):
    """A call in one language: ``first`` when it is said, ``again`` when it is repeated after a pause."""

    first: Utterance
    again: Utterance


class _Vocabulary(msgspec.Struct, frozen=True):
    """How one language says a call."""

    number: str
    digits: tuple[str, ...]
    teens: tuple[str, ...]
    """10 to 19."""
    tens: tuple[str, ...]
    """20, 30, … 90."""
    compound: str
    """A number above 20 that is no multiple of ten, from ``{ten}`` and ``{one}``."""
    one_in_compound: str
    """German says "einundzwanzig", not "einsundzwanzig"."""
    point: str
    """The point in "Zimmer 2.14"."""
    counter: str
    """Word for a counter whose name is not known in this language."""
    go_to_numbered: str
    """For places with a number: "Schalter 3" stands after "zu" without an article."""
    go_to_named: str
    """For places without one: "Empfang" and "Kasse" would need articles that nobody entered."""
    calls: tuple[str, ...]
    """How the second, third … call begins; the last entry serves all later ones."""
    fetched_at_reception: str
    """For visitors whom staff fetch: they go to no counter."""
    fetched: str
    """The same where the office has no reception."""


_VOCABULARIES: Final = {
    "de": _Vocabulary(
        number="Nummer",
        digits=("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
        teens=(
            *("zehn", "elf", "zwölf", "dreizehn", "vierzehn"),
            *("fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"),
        ),
        tens=("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"),
        compound="{one}und{ten}",
        one_in_compound="ein",
        point="Punkt",
        counter="Schalter",
        go_to_numbered="Bitte zu {place}.",
        go_to_named="Bitte melden Sie sich hier: {place}.",
        calls=("Zweiter Aufruf.", "Dritter Aufruf.", "Erneuter Aufruf."),
        fetched_at_reception="Bitte warten Sie am Empfang, Sie werden abgeholt.",
        fetched="Bitte warten Sie, Sie werden abgeholt.",
    ),
    "en": _Vocabulary(
        number="Number",
        digits=("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        teens=(
            *("ten", "eleven", "twelve", "thirteen", "fourteen"),
            *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        ),
        tens=("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
        compound="{ten}-{one}",
        one_in_compound="one",
        point="point",
        counter="counter",
        go_to_numbered="Please go to {place}.",
        go_to_named="Please report here: {place}.",
        calls=("Second call.", "Third call.", "Repeated call."),
        fetched_at_reception="Please wait at the reception, staff will come for you.",
        fetched="Please wait, staff will come for you.",
    ),
}

SPOKEN_LANGUAGES: Final = tuple(_VOCABULARIES)
"""Languages in which a call can be said."""


def announce(call: Call, house_language: str, *, reception: bool = False) -> list[Wording]:
    """What is said, in order: the house's language, then the visitor's if it is another that we can say.

    ``reception`` tells whether the office has one, where visitors wait whom staff fetch.
    """
    languages = [house_language]
    visitors = call.language.partition("-")[0]
    if visitors in _VOCABULARIES and visitors != house_language:
        languages.append(visitors)
    return [_word(call, language, reception=reception) for language in languages]


def spell_number(number: str, language: str) -> str:
    """``A042`` as "A, null, vier, zwei"; signs that are neither letters nor digits are left out."""
    digits = _VOCABULARIES[language].digits
    return ", ".join(
        digits[int(sign)] if sign in "0123456789" else sign.upper() for sign in number if sign.isalnum()
    )


def speak_place(name: str, language: str) -> str:
    """``Schalter 12`` as "Schalter zwölf"; nothing is left that a voice might read in another way."""
    vocabulary = _VOCABULARIES[language]
    pointed = re.sub(r"(?<=[0-9])\.(?=[0-9])", f" {vocabulary.point} ", name)
    worded = re.sub(r"[0-9]+", lambda run: f" {_speak_run(run.group(), vocabulary)} ", pointed)
    return " ".join("".join(sign if sign.isalnum() or sign in "-'," else " " for sign in worded).split())


def _word(call: Call, language: str, *, reception: bool) -> Wording:
    vocabulary = _VOCABULARIES[language]
    where = _where(call, language, vocabulary, reception=reception)
    again = f"{vocabulary.number} {spell_number(call.number, language)}. {where}"
    first = f"{_which_call(call.nth, vocabulary)} {again}" if call.nth > 1 else again
    return Wording(first=Utterance(language, first), again=Utterance(language, again))


def _where(call: Call, language: str, vocabulary: _Vocabulary, *, reception: bool) -> str:
    if call.pick_up:
        return vocabulary.fetched_at_reception if reception else vocabulary.fetched
    place = call.counter_name.get(language) or f"{vocabulary.counter} {call.counter}"
    go = vocabulary.go_to_numbered if any(sign.isdigit() for sign in place) else vocabulary.go_to_named
    return go.format(place=speak_place(place, language))


def _which_call(nth: int, vocabulary: _Vocabulary) -> str:
    return vocabulary.calls[min(nth - 2, len(vocabulary.calls) - 1)]


def _speak_run(run: str, vocabulary: _Vocabulary) -> str:
    value = int(run)
    if run.startswith("0") or value > LARGEST_SPOKEN_WHOLE:
        return ", ".join(vocabulary.digits[int(digit)] for digit in run)
    if value < 10:
        return vocabulary.digits[value]
    if value < 20:
        return vocabulary.teens[value - 10]
    ten, one = vocabulary.tens[value // 10 - 2], value % 10
    if one == 0:
        return ten
    return vocabulary.compound.format(
        ten=ten, one=vocabulary.one_in_compound if one == 1 else vocabulary.digits[one]
    )
