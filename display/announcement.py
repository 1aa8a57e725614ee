"""What is said for a call: the words alone, by language, the office's own where it has some.

German (DOMAIN: speech at the wall): "Nummer A, null, vier, zwei. Bitte zu Schalter drei."
Letters and digits of the number are said singly, so that a number is heard as it is printed.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from display.vocabulary import VOCABULARIES, Vocabulary
from queue_service.protocol.announcing import AnnouncementTexts
from queue_service.protocol.languages import base
from queue_service.protocol.stream import Call

LARGEST_SPOKEN_WHOLE = 99
"""A counter's number above this is said digit by digit, as people say room numbers."""


class Utterance(msgspec.Struct, frozen=True):
    """One sentence or two, said in one breath by the voice of ``language``."""

    language: str
    text: str

    @property
    def sentences(self) -> "list[Utterance]":
        """What can be spoken by itself: numbers and counters are few, their pairs are many."""
        return [Utterance(self.language, sentence) for sentence in SENTENCE_END.split(self.text) if sentence]


SENTENCE_END: Final = re.compile(r"(?<=[.!?]) +")

OwnTexts = Mapping[str, AnnouncementTexts]
"""An office's own words by language."""
NONE_OWN: Final[OwnTexts] = MappingProxyType({})


class Wording(msgspec.Struct, frozen=True):
    """A call in one language: ``first`` when it is said, ``again`` when it is repeated after a pause."""

    first: Utterance
    again: Utterance


SPOKEN_LANGUAGES: Final = tuple(VOCABULARIES)
"""Languages in which a call can be said."""


def announce(
    call: Call, house_language: str, *, reception: bool = False, own: OwnTexts = NONE_OWN
) -> list[Wording]:
    """What is said, in order: the house's language, then the visitor's if it is another that we can say.

    ``reception`` tells whether the office has one, where visitors wait whom staff fetch.
    """
    languages = [house_language]
    visitors = base(call.language)
    if visitors in VOCABULARIES and visitors != house_language:
        languages.append(visitors)
    return [
        _word(call, language, own.get(language, AnnouncementTexts()), reception=reception)
        for language in languages
    ]


def spell_number(number: str, language: str) -> str:
    """``A042`` as "A, null, vier, zwei"; signs that are neither letters nor digits are left out."""
    vocabulary = VOCABULARIES[language]
    return ", ".join(_speak_sign(sign.upper(), vocabulary) for sign in number if sign.isalnum())


def speak_place(name: str, language: str) -> str:
    """``Schalter 12`` as "Schalter zwölf"; nothing is left that a voice might read in another way."""
    vocabulary = VOCABULARIES[language]
    pointed = re.sub(r"(?<=[0-9])\.(?=[0-9])", f" {vocabulary.point} ", name)
    worded = re.sub(r"[0-9]+", lambda run: f" {_speak_run(run.group(), vocabulary)} ", pointed)
    return " ".join("".join(sign if sign.isalnum() or sign in "-'," else " " for sign in worded).split())


def named_counter(call: Call, language: str) -> str:
    """Name a call's counter in a language that is spoken: as the office does, else by its sign."""
    return call.counter_name.get(language) or f"{VOCABULARIES[language].counter} {call.counter}"


def _word(call: Call, language: str, own: AnnouncementTexts, *, reception: bool) -> Wording:
    vocabulary = VOCABULARIES[language]
    text = own.pick_up if call.pick_up else own.call
    again = _filled(text, call, language) if text else _sentence(call, language, reception=reception)
    first = again
    if call.nth > 1 and own.recall and not call.pick_up:
        first = _filled(own.recall, call, language)
    elif call.nth > 1:
        first = f"{_which_call(call.nth, vocabulary)} {again}"
    return Wording(first=Utterance(language, first), again=Utterance(language, again))


def _filled(text: str, call: Call, language: str) -> str:
    number = spell_number(call.number, language)
    return text.replace("{number}", number).replace(
        "{counter}", speak_place(named_counter(call, language), language)
    )


def _sentence(call: Call, language: str, *, reception: bool) -> str:
    number = f"{VOCABULARIES[language].number} {spell_number(call.number, language)}."
    return f"{number} {_where(call, language, reception=reception)}"


def _where(call: Call, language: str, *, reception: bool) -> str:
    vocabulary = VOCABULARIES[language]
    if call.pick_up:
        return vocabulary.fetched_at_reception if reception else vocabulary.fetched
    place = named_counter(call, language)
    go = vocabulary.go_to_numbered if any(sign.isdigit() for sign in place) else vocabulary.go_to_named
    return go.format(place=speak_place(place, language))


def _which_call(nth: int, vocabulary: Vocabulary) -> str:
    return vocabulary.calls[min(nth - 2, len(vocabulary.calls) - 1)]


def _speak_run(run: str, vocabulary: Vocabulary) -> str:
    value = int(run)
    if run.startswith("0") or value > LARGEST_SPOKEN_WHOLE:
        return ", ".join(vocabulary.counted[int(digit)] for digit in run)
    return vocabulary.counted[value]


def _speak_sign(sign: str, vocabulary: Vocabulary) -> str:
    return vocabulary.counted[int(sign)] if sign in "0123456789" else vocabulary.letters.get(sign, sign)
