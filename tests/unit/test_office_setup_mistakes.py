"""Every mistake in a set-up file is named: where it stands, what is wrong, what is allowed."""

import pytest

from queue_service.offices.setup_file import SetupError, read_setup

TOWN = """\
authorities:
  - slug: town
    name: {de: Stadt, en: Town}
    land: HB
services:
  - code: reisepass
    leika: "99085001000000"
    name: {de: Reisepass}
    group: {de: Ausweise, en: Papers}
    minutes: 15
  - code: personalausweis
    name: {de: Personalausweis}
    group: {de: Ausweise, en: Papers}
    minutes: 15
  - code: parken
    name: {de: Bewohnerparken}
    group: {de: Verkehr}
    minutes: 10
    modes: [walk_in]
offices:
  - slug: hall
    authority: town
    name: {de: Rathaus}
    address: {street: Markt 1, postal_code: "01067", city: Ort}
    time_zone: Europe/Berlin
    phone: +49 421 361-0
    latitude: 53.07
    longitude: 8.80
    opening_hours:
      monday: 08:00-18:00
      tuesday: [08:00-12:00, 14:00-18:00]
      friday: closed
    closures:
      - {from: 2026-12-24, to: 2026-12-24, reason: {de: Heiligabend}}
    numbers: {digits: 3, letter: A, letters_by_group: {Verkehr: B}}
    services: [reisepass, personalausweis, parken]
    counters:
      - number: 1
        features: [induction_loop]
      - {number: 2, services: [reisepass, personalausweis]}
    pools:
      - code: papers
        services: [reisepass, personalausweis]
        staffing:
          - {weekdays: [monday], hours: 08:00-18:00, counters: 2, breaks: [12:00-12:30]}
        exceptions:
          - {date: 2026-12-23, staffing: [{hours: 09:00-11:00, counters: 1}]}
"""


EXCEPTIONS = "        exceptions:\n"
"""Where more about a pool may be said."""


def mistakes_of(text: str) -> list[str]:
    """Give what is wrong with a file called ``town.yaml``, one line each."""
    with pytest.raises(SetupError) as raised:
        read_setup({"town.yaml": text})
    return str(raised.value).splitlines()


def town_with(old: str, new: str) -> str:
    """Give the town's file with one thing in it changed."""
    assert TOWN.count(old) == 1, f"{old!r} must be in the file exactly once"
    return TOWN.replace(old, new)


def test_a_file_without_mistakes_is_read() -> None:
    assert [office.slug for office in read_setup({"town.yaml": TOWN}).offices] == ["hall"]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            "services: [reisepass, personalausweis, parken]",
            "services: [pas, reisepass, personalausweis, parken]",
            "36:16: offices[0].services[0]: unknown service 'pas'; did you mean 'reisepass'?",
        ),
        (
            "{number: 2, services: [reisepass,",
            "{number: 2, services: [reisepas,",
            "40:32: offices[0].counters[1].services[0]: not offered by this office: unknown",
        ),
        (
            "    authority: town",
            "    authority: city",
            "22:16: offices[0].authority: unknown authority 'city'; allowed: town",
        ),
        (
            "time_zone: Europe/Berlin",
            "time_zone: Europe/Bremen",
            "25:16: offices[0].time_zone: unknown time zone 'Europe/Bremen'; did you mean 'Europe/Berlin'?",
        ),
        ("land: HB", "land: Bremen", "4:11: authorities[0].land: unknown choice 'Bremen'; allowed: BB, BE,"),
        (
            "    phone:",
            "    telephone:",
            "26:5: offices[0].telephone: unknown key 'telephone'; did you mean 'phone'?",
        ),
        (
            "    minutes: 10",
            "    minutes: 12",
            "18:14: services[2].minutes: '12': allowed is a multiple of 5",
        ),
        (
            '"99085001000000"',
            "9908500",
            "7:12: services[0].leika: '9908500': allowed is a LeiKa key of 14 digits",
        ),
        (
            "letter: A",
            "letter: O",
            "35:34: offices[0].numbers.letter: 'O': allowed is one capital letter A-Z,",
        ),
        ("Verkehr: B", "Verkehr: BB", "35:65: offices[0].numbers.letters_by_group.Verkehr: 'BB': allowed is"),
        (
            "{Verkehr: B}",
            "{Parken: B}",
            "35:64: offices[0].numbers.letters_by_group.Parken: unknown service group",
        ),
        (
            "    numbers: {digits: 3,",
            "    kiosk: {asks: [pick_up, induction_loop, interpreter]}\n    numbers: {digits: 3,",
            "35:45: offices[0].kiosk.asks[2]: no counter of the office has 'interpreter' among its",
        ),
        ("digits: 3", "digits: 2", "35:23: offices[0].numbers.digits: '2': allowed is 3 to 6 digits"),
        (
            "monday: 08:00-18:00",
            "monday: 18:00-08:00",
            "30:15: offices[0].opening_hours.monday: '18:00-08:00' ends before it begins",
        ),
        (
            "monday: 08:00-18:00",
            "monday: 08:03-18:00",
            "30:15: offices[0].opening_hours.monday: '08:03-18:00': allowed are hours such as",
        ),
        (
            "monday: 08:00-18:00",
            "monday: 8",
            "30:15: offices[0].opening_hours.monday: '8': allowed are hours such as",
        ),
        (
            "[08:00-12:00, 14:00-18:00]",
            "[08:00-12:00, 11:00-18:00]",
            "31:16: offices[0].opening_hours.tuesday: 08:00-12:00 and 11:00-18:00 overlap",
        ),
        (
            "to: 2026-12-24",
            "to: 2026-12-23",
            "34:9: offices[0].closures[0]: ends before it begins",
        ),
        (
            "to: 2026-12-24",
            "to: 2026-12-32",
            "34:32: offices[0].closures[0].to: '2026-12-32' is not a day",
        ),
        ("number: 1\n", "number: 2\n", "40:18: offices[0].counters[1].number: '2' is there already"),
        (
            "number: 1\n",
            "number: Schalter1\n",
            "38:17: offices[0].counters[0].number: 'Schalter1': allowed is up to 8 letters",
        ),
        (
            "[induction_loop]",
            "[loop]",
            "39:20: offices[0].counters[0].features[0]: unknown choice 'loop'; did you mean 'induction_",
        ),
        (
            EXCEPTIONS,
            "        contingents: {online: 80, phone: 60}\n" + EXCEPTIONS,
            "46:31: offices[0].pools[0].contingents.online: the web may not take more than the teleph",
        ),
        (
            EXCEPTIONS,
            "        releases: [{percent: 60, days_before: 9}, {percent: 50, days_before: 1}]\n" + EXCEPTIONS,
            "46:19: offices[0].pools[0].releases: 110 percent of a day are opened in all",
        ),
        (
            EXCEPTIONS,
            '        releases: [{percent: 60, days_before: 1, at: "9:00"}]\n' + EXCEPTIONS,
            "46:54: offices[0].pools[0].releases[0].at: '9:00': allowed is a time such as 07:00",
        ),
        (
            EXCEPTIONS,
            "        lends: [{to: papers, weekdays: [monday], hours: 08:00-09:00, counters: 1}]\n"
            + EXCEPTIONS,
            "46:22: offices[0].pools[0].lends[0].to: unknown other pool 'papers'",
        ),
        (
            "counters: 2, breaks",
            "counters: 2, every_weeks: 2, breaks",
            "45:80: offices[0].pools[0].staffing[0].every_weeks: from is missing",
        ),
        (
            "counters: 2,",
            "counters: 3,",
            "45:13: offices[0].pools[0].staffing[0]: 3 counters are planned, but 2",
        ),
        (
            "hours: 08:00-18:00, counters",
            "hours: 07:00-18:00, counters",
            "45:13: offices[0].pools[0].staffing[0]: 07:00-18:00 is outside monday's opening hours (08:00",
        ),
        (
            "breaks: [12:00-12:30]",
            "breaks: [18:00-18:30]",
            "45:13: offices[0].pools[0].staffing[0]: a break is outside 08:00-18:00",
        ),
        (
            "services: [reisepass, personalausweis]\n        staffing",
            "services: [reisepass, personalausweis, parken]\n        staffing",
            "43:48: offices[0].pools[0].services[2]: 'parken' is not offered by appointment here",
        ),
        (
            "services: [reisepass, personalausweis]\n        staffing",
            "services: [reisepass]\n        staffing",
            "36:27: offices[0].services[1]: 'personalausweis' is offered by appointment but is in no pool",
        ),
        (
            "features: [induction_loop]",
            "services: [reisepass, personalausweis]",
            "36:44: offices[0].services[2]: no counter serves 'parken': its numbers would never be called",
        ),
        (
            "        features: [induction_loop]",
            "        hours: {tuesday: 11:00-15:00}",
            "39:26: offices[0].counters[0].hours.tuesday: 11:00-15:00 is outside tuesday's opening",
        ),
        (
            "        features: [induction_loop]",
            "        hours: {monday: 08:00-12:00}\n        breaks: {monday: 11:45-12:15}",
            "40:26: offices[0].counters[0].breaks.monday: 11:45-12:15 is outside the counter's hours on",
        ),
        (
            "        features: [induction_loop]",
            "        breaks: {friday: 10:00-10:15}",
            "39:26: offices[0].counters[0].breaks.friday: 10:00-10:15 is outside the counter's hours on",
        ),
        (
            "        features: [induction_loop]",
            "        hours: {monday: 12:00-08:00}",
            "39:25: offices[0].counters[0].hours.monday: '12:00-08:00'",
        ),
        ("    longitude: 8.80\n", "", "21:5: offices[0]: latitude and longitude belong together"),
        ("    name: {de: Rathaus}\n", "", "21:5: offices[0].name: is missing"),
        ("name: {de: Rathaus}", "name: {en: Hall}", "23:11: offices[0].name.de: the German text is missing"),
        (
            "name: {de: Rathaus}",
            "name: Rathaus",
            "23:11: offices[0].name: expected a block of keys and values,",
        ),
        ("{de: Rathaus}", '{de: "Rat\\0haus"}', "23:16: offices[0].name.de: holds a control character"),
        ("{de: Rathaus}", '{de: "Rat\\ud800"}', "23:16: offices[0].name.de: holds a control character"),
        ("name: {de: Rathaus}", "name:", "23:10: offices[0].name: nothing is written here; expected a block"),
        (
            "phone: +49 421 361-0",
            "phone: 0421 361-0",
            "26:12: offices[0].phone: '0421 361-0': allowed is a number",
        ),
        (
            "offices:\n",
            "  - {code: parken, name: {de: Parken}, group: {de: Verkehr}, minutes: 5}\noffices:\n",
            "20:12: services[3].code: 'parken' is defined already in town.yaml",
        ),
        (
            "    group: {de: Ausweise, en: Papers}\n    minutes: 15\n  - code: parken",
            "    group: {de: Ausweise, en: IDs}\n    minutes: 15\n  - code: parken",
            "13:12: services[1].group: this group has other names at service 'reisepass'",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_nothing_else_is(old: str, new: str, mistake: str) -> None:
    named, *others = mistakes_of(town_with(old, new))

    assert named.startswith(f"town.yaml:{mistake}")
    assert others == []


def test_all_mistakes_of_all_files_are_named_at_once_in_the_order_of_the_lines() -> None:
    places = town_with("land: HB", "land: XX").replace("minutes: 10", "minutes: ten").replace("[loop]", "x")
    with pytest.raises(SetupError) as raised:
        read_setup({"places.yaml": places, "more.yaml": "services:\n  - minutes: 15\n"})

    found = [(mistake.file, mistake.place.line, mistake.path) for mistake in raised.value.mistakes]
    assert found == [
        ("places.yaml", 4, "authorities[0].land"),
        ("places.yaml", 18, "services[2].minutes"),
        ("more.yaml", 2, "services[0].code"),
        ("more.yaml", 2, "services[0].name"),
        ("more.yaml", 2, "services[0].group"),
    ]


def test_what_follows_from_an_unreadable_value_is_left_unsaid() -> None:
    # Without Monday's hours, nobody can say that Monday's staffing lies outside them.
    assert len(mistakes_of(town_with("monday: 08:00-18:00", "monday: early to late"))) == 1


def test_what_follows_from_a_misspelt_key_is_left_unsaid() -> None:
    # The office does have counters: their key has a typing mistake.
    assert len(mistakes_of(town_with("    counters:\n", "    counter:\n"))) == 1


def test_a_key_that_is_given_twice_is_a_mistake() -> None:
    doubled = town_with("    latitude: 53.07\n", "    latitude: 53.07\n    latitude: 54.1\n")

    assert mistakes_of(doubled) == [
        "town.yaml:28:5: offices[0].latitude: 'latitude' is given twice in one block"
    ]


def test_a_file_that_is_not_yaml_names_the_place_where_reading_ended() -> None:
    assert mistakes_of("services:\n  - code: [a\n") == [
        "town.yaml:3:1: not YAML: expected ',' or ']', but got '<stream end>'"
    ]


def test_an_empty_file_is_a_mistake() -> None:
    assert mistakes_of("# nothing yet\n") == [
        "town.yaml:1:1: the file is empty; allowed: authorities, services, offices"
    ]


def test_a_message_repeats_neither_long_texts_nor_what_turns_a_line_round() -> None:
    (mistake,) = mistakes_of(town_with("    authority: town", f'    authority: "a\\u202e{"b" * 5000}"'))

    assert "\u202e" not in mistake
    assert len(mistake) < 200
