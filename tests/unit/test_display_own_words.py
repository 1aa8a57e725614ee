"""An office's own words, said with our number words; what is likely to be said next."""

from datetime import UTC, datetime

import msgspec
import pytest

from display.announcement import announce
from display.hall_words import announce_hall, hall_sign
from display.said_ahead import MOST_AHEAD, NUMBERS_AHEAD, HallAhead, highest_called, sentences_ahead
from queue_service.protocol.announcing import AnnouncementTexts, OfficeAnnouncements
from queue_service.protocol.stream import Call

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OWN = {
    "de": AnnouncementTexts(
        call="Die Nummer {number} bitte in {counter}.",
        recall="Noch einmal die Nummer {number}. Bitte in {counter}.",
        pick_up="Nummer {number}. Wir holen Sie ab.",
        leave="Feueralarm. Verlassen Sie das Haus. Sammelplatz ist der Hof.",
        resumed="Weiter geht es.",
    )
}
CALL = Call(7, "A042", "3", {"de": "Zimmer 3", "en": "Room 3"}, NOON, language="en")


def test_a_call_is_said_in_the_offices_words_and_in_ours_where_it_has_none() -> None:
    german, english = announce(CALL, "de", own=OWN)
    assert german.first.text == "Die Nummer A, null, vier, zwei bitte in Zimmer drei."
    assert german.again == german.first
    assert english.first.text == "Number A, zero, four, two. Please go to Room three."


def test_a_second_call_begins_otherwise_and_is_repeated_as_the_first() -> None:
    german, _ = announce(msgspec.structs.replace(CALL, nth=2), "de", own=OWN)
    assert german.first.text == "Noch einmal die Nummer A, null, vier, zwei. Bitte in Zimmer drei."
    assert german.again.text == "Die Nummer A, null, vier, zwei bitte in Zimmer drei."


def test_a_second_call_without_words_of_its_own_says_first_that_it_is_one() -> None:
    own = {"de": msgspec.structs.replace(OWN["de"], recall="")}
    german, _ = announce(msgspec.structs.replace(CALL, nth=2), "de", own=own)
    assert german.first.text == f"Zweiter Aufruf. {german.again.text}"


def test_whoever_is_fetched_hears_the_offices_words_too() -> None:
    german, _ = announce(msgspec.structs.replace(CALL, pick_up=True), "de", own=OWN)
    assert german.first.text == "Nummer A, null, vier, zwei. Wir holen Sie ab."


def test_what_is_said_when_everybody_leaves_is_also_shown_its_first_sentence_large() -> None:
    sign = hall_sign("leave", "de", OWN)
    assert sign is not None
    german, english = sign.lines
    assert (german.title, german.text) == ("Feueralarm.", "Verlassen Sie das Haus. Sammelplatz ist der Hof.")
    assert english.title == "Please leave the building now."
    assert announce_hall("leave", "de", OWN)[0].first.text == OWN["de"].leave
    assert announce_hall("open", "de", OWN)[0].first.text == "Weiter geht es."


def hall(letters: list[str], called: dict[str, int]) -> HallAhead:
    counters = {"1": {"de": "Schalter 1"}, "2": {"de": "Schalter 2"}}
    office = OfficeAnnouncements(counters=counters, letters=letters, digits=3)
    return HallAhead(office, called, "de", reception=True)


def test_ahead_are_the_alarm_every_counter_and_each_letters_next_numbers() -> None:
    texts = [sentence.text for sentence in sentences_ahead(hall(["A", "B"], {"A": 41}))]
    assert texts[0] == "Bitte verlassen Sie jetzt das Gebäude."
    assert {"Bitte zu Schalter zwei.", "Please go to counter two."} <= set(texts)
    numbers = [text for text in texts if text.startswith("Nummer")]
    assert numbers[:3] == [
        "Nummer A, null, vier, zwei.",
        "Nummer B, null, null, eins.",
        "Nummer A, null, vier, drei.",
    ]
    assert len(numbers) == 2 * NUMBERS_AHEAD
    assert len(texts) == len(set(texts))


def test_however_many_letters_there_are_no_more_is_made_than_is_kept() -> None:
    texts = list(sentences_ahead(hall(list("ABCDEFGHJKLMNPRSTUVWXYZ"), {})))
    assert len(texts) < MOST_AHEAD + 30


@pytest.mark.parametrize("language", ["de", "en", "tr", "ar", "uk", "ru", "pl", "fr", "bg"])
def test_the_sentences_of_a_call_are_those_that_were_made_ahead(language: str) -> None:
    ahead = set(sentences_ahead(msgspec.structs.replace(hall(["A"], {}), language=language)))
    called = Call(1, "A007", "2", {"de": "Schalter 2"}, NOON, language=language)
    (wording,) = announce(called, language, reception=True)
    assert set(wording.first.sentences) <= ahead


def test_the_highest_number_of_each_letter_is_known_also_after_it_has_left_the_list() -> None:
    older = highest_called([CALL], {"B": 7})
    newer = msgspec.structs.replace(CALL, number="A017")
    assert highest_called([newer], older) == {"A": 42, "B": 7}
