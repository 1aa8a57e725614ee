"""What was typed for a device: kept as it was, refused field by field, or taken as settings."""

from litestar.datastructures import FormMultiDict

from queue_service.protocol.device_care import DeviceSettings, LouderHours
from queue_service.web.device_form import LouderRow, read_form, typed_form
from queue_service.web.languages import texts

TAKEN = {
    "name": " Halle Süd ",
    "office": "bsc-mitte",
    "sound": "on",
    "screen_inches": "31,5",
    "reading_metres": "7.5",
    "loudness_percent": "80",
    "louder_from_0": "8:00",
    "louder_to_0": "10:30",
    "louder_decibels_0": "4",
    "zone": "1; 2 3",
}
REFUSED = {
    "screen_inches": "4,3,1",
    "loudness_percent": "101",
    "crowd": "viele",
    "louder_to_0": "25:00",
    "louder_from_1": "14:00",
    "louder_decibels_1": "9",
    "quiet_from": "12:00",
    "zone": "1, Schalter?",
    "name": "",
}
"""One thing of each kind that people type."""


def sent(**fields: str) -> FormMultiDict:
    return FormMultiDict.from_form_data({**TAKEN, **fields})


def test_what_people_write_is_understood() -> None:
    wanted, mistakes = read_form(typed_form(sent()), texts("de"))
    assert mistakes == {}
    assert wanted == DeviceSettings(
        sound=True,
        screen_inches=31.5,
        reading_metres=7.5,
        loudness_percent=80,
        louder=[LouderHours("08:00", "10:30", 4)],
        zone=["1", "2", "3"],
    )


def test_every_mistake_is_told_at_its_own_field_and_everything_typed_is_kept() -> None:
    form = typed_form(sent(**REFUSED))
    wanted, mistakes = read_form(form, texts("de"))
    assert list(mistakes) == [
        "name",
        "screen_inches",
        "loudness_percent",
        "crowd",
        "louder_to_0",
        "louder_to_1",
        "louder_decibels_1",
        "quiet_until",
        "zone",
    ]
    assert (form.screen_inches, form.crowd, form.zone) == ("4,3,1", "viele", "1, Schalter?")
    assert form.louder == [LouderRow("8:00", "25:00", "4"), LouderRow("14:00", "", "9"), LouderRow()]
    assert wanted.reading_metres == 7.5
    english = read_form(form, texts("en"))[1]
    assert all(english[field] != sentence for field, sentence in mistakes.items())
