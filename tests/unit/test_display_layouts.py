"""What a display's settings make of its wall: sizes, areas, columns, doors, slides; they hold at once."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from display.call_card import CallSight
from display.door_sign import door_sign
from display.letter_rule import letter_rule
from display.page import WallPage
from display.panel_slides import slides_due
from display.settings import DisplaySettings, SoundAt, Theme, VoiceKind
from display.settings_in_force import SettingsInForce
from display.shown_areas import is_shown
from display.texts import Texts
from display.wall_columns import columns
from queue_service.devices.care import troubles_of
from queue_service.protocol.device_care import DeviceCard, DeviceHealth, DeviceSettings, WallFit
from queue_service.protocol.panel import PanelFile, PanelSlide
from queue_service.protocol.reading_distance import capitals_mm, pixels_a_millimetre, readable_metres
from queue_service.protocol.stream import Call, DisplaySnapshot, OfficeCard, ShownCounter, WaitingArea
from queue_service.web.device_words import reading_words
from queue_service.web.languages import texts

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TEXTS = Texts.read()
GROUND = WaitingArea("ground", {"de": "Erdgeschoss"}, ["1", "2"])
FIRST = WaitingArea("first", {"de": "1. Stock"}, ["7"])
OFFICE = OfficeCard("rathaus", {"de": "Rathaus"}, "Europe/Berlin", areas=[GROUND, FIRST])


def call(version: int, counter: str) -> Call:
    return Call(version, f"A{version:03}", counter, {"de": f"Schalter {counter}"}, NOON)


def hall(*calls: Call, office: OfficeCard = OFFICE) -> CallSight:
    snapshot = DisplaySnapshot(99, office, list(calls), 0, 1, None)
    return CallSight(snapshot, None, (), None)


def chosen(**settings: Any) -> DeviceSettings:
    return msgspec.convert(settings, DeviceSettings)


@pytest.mark.parametrize(("metres", "millimetres"), [(5, 61), (10, 122)])
def test_capitals_are_an_82nd_of_the_distance(metres: float, millimetres: int) -> None:
    assert round(capitals_mm(metres)) == millimetres
    assert readable_metres(capitals_mm(metres)) == pytest.approx(metres)


def test_a_55_inch_screen_of_1920_pixels_has_some_three_pixels_in_two_millimetres() -> None:
    assert pixels_a_millimetre(55, 1920, 1080) == pytest.approx(1920 / 1218, rel=0.001)
    assert pixels_a_millimetre(55, 1080, 1920) == pixels_a_millimetre(55, 1920, 1080)


def test_without_a_screen_s_size_there_is_no_rule_and_without_a_distance_nothing_is_too_small() -> None:
    assert letter_rule(chosen(reading_metres=5)) is None
    rule = letter_rule(chosen(screen_inches=55))
    assert rule is not None
    assert rule.capitals_mm == 0


def test_a_display_of_an_area_shows_its_calls_alone_and_one_of_areas_that_are_gone_shows_all() -> None:
    there, elsewhere = call(1, "2"), call(2, "7")
    only_ground = chosen(areas=["ground"])
    assert [is_shown(one, OFFICE, only_ground) for one in (there, elsewhere)] == [True, False]
    assert is_shown(elsewhere, OFFICE, chosen(areas=["torn-down"]))
    assert [is_shown(one, OFFICE, chosen(layout="door", door_counter="7")) for one in (there, elsewhere)] == [
        False,
        True,
    ]


def test_areas_and_further_offices_stand_side_by_side() -> None:
    other = OfficeCard("amt", {"de": "Bauamt"}, "Europe/Berlin")
    sights = [hall(call(3, "7"), call(2, "1"), call(1, "2")), hall(call(9, "3"), office=other)]
    shown = columns(sights, chosen(areas=["first", "ground"]), TEXTS, "de", NOON)
    assert [(one.name.text, one.current and one.current.number) for one in shown] == [
        ("1. Stock", "A003"),
        ("Erdgeschoss", "A002"),
        ("Bauamt", "A009"),
    ]
    assert [listed.number for listed in shown[1].listed] == ["A001"]


@pytest.mark.parametrize(
    ("state", "number", "called", "shown"),
    [
        ("open", "A042", True, "called"),
        ("open", "A042", False, "serving"),
        ("open", None, False, "free"),
        ("paused", None, False, "paused"),
        ("closed", None, False, "closed"),
    ],
)
def test_a_door_says_whose_turn_it_is_or_why_nobody_s(
    state: Any, number: str | None, called: bool, shown: str
) -> None:
    counters = [ShownCounter("7", {"de": "Schalter 7"}, state, number, called=called)]
    sign = door_sign(counters, "7", TEXTS, "de")
    assert (sign.state, sign.counter.text, sign.number) == (shown, "Schalter 7", number or "")
    assert door_sign(counters, "8", TEXTS, "de").state == "unknown"


def test_slides_are_shown_on_their_days_and_once_their_file_is_whole() -> None:
    file = PanelFile("0" * 64, "image/png", 10)
    slides = [
        PanelSlide("text", 10, {"de": "Immer"}),
        PanelSlide("text", 10, {"de": "Vorbei"}, last_day=date(2026, 11, 22)),
        PanelSlide("picture", 10, {"de": "Bild"}, file, first_day=date(2026, 11, 23)),
    ]
    today = date(2026, 11, 23)
    fetched = slides_due(slides, [], today, "de", is_heard=True)
    assert [slide.text and slide.text.text for slide in fetched] == ["Immer"]
    fetched = slides_due(slides, [file.sha256], today, "de", is_heard=True)
    assert [slide.source for slide in fetched] == ["", f"/api/panel/{file.sha256}"]


def test_a_films_sound_is_heard_only_where_it_is_wanted_and_where_calls_are_said() -> None:
    slides = [PanelSlide("film", 10), PanelSlide("film", 10, sound=True)]
    today = date(2026, 11, 23)
    assert [slide.sound for slide in slides_due(slides, [], today, "de", is_heard=True)] == [False, True]
    assert [slide.sound for slide in slides_due(slides, [], today, "de", is_heard=False)] == [False, False]


def test_a_new_card_holds_at_once_and_an_open_page_loads_itself_again_for_another_language() -> None:
    own = DisplaySettings(
        service="http://127.0.0.1:1", token_file=Path("x"), port=0, data_dir=Path("x"), language="de",
        theme=Theme.LIGHT, sound=SoundAt.DEVICE, sound_command=("aplay",), voice=VoiceKind.OFF,
    )  # fmt: skip
    in_force = SettingsInForce(own, None)
    page, heard = WallPage(TEXTS, in_force), []
    in_force.when_changed(lambda: heard.append(in_force.now.language))
    before = page.digest
    card = DeviceCard(1, "rathaus", "display", "Wand", chosen(language="en", theme="dark"))
    in_force.take(card)
    in_force.take(card)
    in_force.take(None)
    assert heard == ["en"]
    assert page.digest != before
    assert '<html lang="en" dir="ltr" data-kern-theme="dark">' in page.html


def test_staff_read_from_how_far_calls_are_legible_and_what_that_costs() -> None:
    words = texts("de")
    assert reading_words(None, words, "de") is None
    assert reading_words(WallFit(2, 5, 61.0), words, "de") == (
        "Schrift der Aufrufe 61 mm, lesbar aus 5 m; Platz für 2 von 5 früheren Aufrufen"
    )
    assert "aus 3,2 m" in (reading_words(WallFit(5, 5, 40.0), words, "de") or "")
    assert "from 3.2 m" in (reading_words(WallFit(5, 5, 40.0), texts("en"), "en") or "")
    small = WallFit(5, 5, 40.0, too_small=True)
    assert "größeren Bildschirm" in (reading_words(small, words, "de") or "")
    assert troubles_of(DeviceHealth("1", 1, fit=small)) == ["letters_too_small"]
