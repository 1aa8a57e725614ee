"""The 115 console has words for whatever can be answered, and its tables name only what exists."""

import re
from itertools import chain
from typing import get_args, get_type_hints

import pytest

from queue_service.booking.contact import Fault
from queue_service.booking.model import WhyNone
from queue_service.web.assets import STATIC
from queue_service.web.everyday_words import everyday_words
from queue_service.web.phone_page import caller_shown
from queue_service.web.rendering import TEMPLATES

SCRIPTS = {file.name: file.read_text() for file in (STATIC / "phone").glob("*.js")}


def steps() -> set[str]:
    (table,) = re.findall(r"export const STEPS = \{(.*?)\n\};", SCRIPTS["call.js"], re.DOTALL)
    return set(re.findall(r'^  "?([a-z-]+)"?: \{', table, re.MULTILINE))


def quoted(text: str) -> set[str]:
    return set(re.findall(r'"([a-z-]+)"', text))


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_of_a_contact_has_words(fault: Fault) -> None:
    assert f"  {fault.value}: () => gettext(" in SCRIPTS["refusals.js"]


@pytest.mark.parametrize("reason", get_args(get_type_hints(WhyNone)["code"]))
def test_every_reason_for_no_place_has_words(reason: str) -> None:
    assert f"    {reason}: () => gettext(" in SCRIPTS["refusals.js"]


def test_pages_and_keys_name_only_steps_that_exist() -> None:
    known = steps()
    assert {"search", "read-back", "booked"} <= known
    shown = chain.from_iterable(
        value.split()
        for template in TEMPLATES.glob("phone*.html")
        for value in re.findall(r'data-steps="([^"]*)"', template.read_text())
    )
    assert set(shown) <= known
    in_table = re.findall(r"steps: \[([^\]]*)\]", SCRIPTS["keys.js"]) + re.findall(
        r"const [A-Z_]+ = \[(\"[^\]]*)\]", SCRIPTS["keys.js"]
    )
    assert set(chain.from_iterable(map(quoted, in_table))) <= known
    assert set(re.findall(r'goTo\("([a-z-]+)"\)', "".join(SCRIPTS.values()))) <= known


def test_every_step_has_its_line_of_what_to_do() -> None:
    (table,) = re.findall(r"const PROMPTS = \{(.*?)\n\};", SCRIPTS["phone.js"], re.DOTALL)
    assert set(re.findall(r'^  "?([a-z-]+)"?: gettext', table, re.MULTILINE)) == steps()


def test_every_key_of_the_table_does_something() -> None:
    (actions,) = re.findall(r"const ACTIONS = \{(.*?)\n\};", SCRIPTS["phone.js"], re.DOTALL)
    does = set(re.findall(r'does: "(\w+)"', SCRIPTS["keys.js"]))
    assert does
    assert does == set(re.findall(r"^  (\w+)[,:]", actions, re.MULTILINE))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("+494213618888", "0421 3618888"),
        (" 494213618888", "0421 3618888"),  # a "+" that nobody encoded
        ("tel:+49-421-361-8888", "0421 3618888"),
        ("0176 12345678", "0176 12345678"),
        ("+48221234567", "+48 22 123 45 67"),
        ("anonymous", ""),
        ("+49 1", ""),
        ("", ""),
        ("4" * 200, ""),
    ],
)
def test_the_caller_s_number_is_shown_as_it_is_dialled_or_not_at_all(sent: str, shown: str) -> None:
    assert caller_shown(sent) == shown


def test_callers_words_belong_to_services_by_the_office_s_word_in_their_name() -> None:
    assert "Perso" in everyday_words("Personalausweis beantragen")
    assert "Umzug" in everyday_words("Wohnsitz an- oder ummelden")
    assert everyday_words("Beratung") == []
