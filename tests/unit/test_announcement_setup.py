"""An office's own announcements: what is read, and what is named as a mistake."""

import msgspec
import pytest

from queue_service.devices.care_announcements import office_announcements
from queue_service.offices.setup_file import read_setup
from queue_service.protocol.announcing import LONGEST_TEXT, AnnouncementTexts, OfficeAnnouncements
from tests.unit.test_office_setup_mistakes import TOWN, mistakes_of

GOOD = "Nummer {number}. Bitte zu {counter}."


def town_saying(texts: str) -> str:
    return f"{TOWN}    announcements:\n      public_calls: yes\n      texts:\n        de: {texts}\n"


def test_what_an_office_says_reaches_its_displays_with_its_numbers_and_counters() -> None:
    (office,) = read_setup(
        {"town.yaml": town_saying(f'{{call: "{GOOD}", leave: "Bitte raus. Schnell."}}')}
    ).offices
    assert office.announcements.public_calls
    told = msgspec.json.decode(msgspec.json.encode(office_announcements(office)), type=OfficeAnnouncements)
    assert told.texts == {"de": AnnouncementTexts(call=GOOD, leave="Bitte raus. Schnell.")}
    assert told.counters["2"] == {"de": "Schalter 2", "en": "Counter 2"}
    assert (told.letters, told.digits) == (["A", "B"], 3)


@pytest.mark.parametrize(
    ("texts", "mistake"),
    [
        ('{call: "Nummer {number}."}', "texts.de.call: must hold {number} and {counter}, each once"),
        ('{call: "{number} {number} {counter}"}', "must hold {number} and {counter}, each once"),
        ('{recall: "{number} an {schalter}, {counter}"}', "must hold {number} and {counter}, each once"),
        ('{pick_up: "Nummer {number} bitte zu {counter}."}', "must hold {number}, each once"),
        ('{paused: "Nummer {number} wartet."}', "holds no number and no counter"),
        ('{leave: "Bitte 112 rufen."}', "no voice reads '1' as it is meant: write it in words"),
        ('{leave: "Bitte <break/> gehen."}', "no voice reads '<' as it is meant"),
        ('{call: "{number}, {counter}."}', "holds no words"),
        (f'{{paused: "{"a" * (LONGEST_TEXT + 1)}"}}', f"allowed is text of up to {LONGEST_TEXT} characters"),
        ('{greeting: "Hallo"}', "unknown key 'greeting'"),
    ],
)
def test_a_text_that_would_be_said_wrong_is_named(texts: str, mistake: str) -> None:
    (line,) = mistakes_of(town_saying(texts))
    assert mistake in line


def test_a_language_that_no_display_speaks_is_named() -> None:
    (line,) = mistakes_of(town_saying("{}").replace("        de: {}", "        tlh: {}"))
    assert "tlh" in line
