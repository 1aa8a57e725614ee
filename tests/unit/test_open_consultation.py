"""Same-day places: when they are given out, whether any is left, and what is said when none is."""

from datetime import UTC, date, datetime

import pytest

from queue_service.offices.catalogue import Office
from queue_service.offices.model import Closure, Span, WeekHours
from queue_service.offices.open_consultation import open_registrations, walk_ins_for, walk_ins_of
from queue_service.offices.setup_file import SetupError, read_setup
from queue_service.offices.setup_model import Address, OfferedService, OfficeSetup, OpenConsultation
from queue_service.protocol.stream import WalkIns
from queue_service.web.languages import texts
from queue_service.web.offices_page import without_appointment

MORNING = OpenConsultation("morning", ["tuesday", "thursday"], Span(480, 720), 24, ["papers"])
AFTERNOON = OpenConsultation("afternoon", ["tuesday"], Span(840, 960), 10, ["papers"])
TUESDAY = date(2026, 11, 24)


def office(*consultations: OpenConsultation, stopped: bool = False, **more: object) -> Office:
    """An office that is open on working days and gives papers by open consultation, parking to anybody."""
    hours = [Span(420, 1080)]
    facts: dict[str, object] = {
        "opening_hours": WeekHours(monday=hours, tuesday=hours, wednesday=hours, thursday=hours),
        "walk_ins": "never",
        "services": [OfferedService("papers", 15, ["appointment", "walk_in"], "A")],
        **more,
    }
    setup = OfficeSetup(
        slug="hall",
        authority="town",
        name={"de": "Rathaus"},
        address=Address("Markt 1", "28195", "Bremen"),
        open_consultation=list(consultations or [MORNING]),
        **facts,  # type: ignore[arg-type]
    )
    return Office(
        1,
        "hall",
        1,
        "town",
        "HB",
        "",
        contact_days=2,
        walk_ins_stopped=stopped,
        order=setup.order,
        setup=setup,
    )


def at(clock: str, day: date = TUESDAY) -> datetime:
    """Give the instant at which Bremen's clock shows this on a day of its winter."""
    return datetime.fromisoformat(f"{day}T{clock}:00+01:00").astimezone(UTC)


def test_before_its_time_the_registration_says_when_it_opens_and_when_visitors_are_served() -> None:
    for clock in ("00:00", "07:29"):
        assert walk_ins_of(office(), at(clock), {}) == WalkIns(
            open=False, reason="not_yet", next_chance_at=at("07:30"), begins_at=at("08:00")
        )


@pytest.mark.parametrize("clock", ["07:30", "08:00", "11:59"])
def test_from_its_opening_to_the_end_places_are_given_while_there_are_any(clock: str) -> None:
    assert walk_ins_of(office(), at(clock), {"morning": 23}) == WalkIns(
        open=True, places_left=1, begins_at=at("08:00")
    )


@pytest.mark.parametrize("taken", [24, 30])
def test_when_all_places_are_taken_the_next_registration_is_named(taken: int) -> None:
    thursday = date(2026, 11, 26)
    assert walk_ins_of(office(), at("07:50"), {"morning": taken}) == WalkIns(
        open=False,
        reason="contingent_used_up",
        next_chance_at=at("07:30", thursday),
        places_left=0,
        begins_at=at("08:00", thursday),
    )


def test_places_of_the_afternoon_are_a_contingent_of_their_own() -> None:
    hall = office(MORNING, AFTERNOON)
    noon = walk_ins_of(hall, at("09:00"), {"morning": 24})
    assert (noon.reason, noon.next_chance_at) == ("contingent_used_up", at("13:30"))
    assert walk_ins_of(hall, at("12:30"), {"morning": 24}).reason == "not_yet"
    assert walk_ins_of(hall, at("13:30"), {"morning": 24}).places_left == 10
    assert [one.code for one in open_registrations(hall, "papers", at("13:30"))] == ["afternoon"]


def test_places_that_two_consultations_have_at_one_time_add_up() -> None:
    early = OpenConsultation("early", ["tuesday"], Span(450, 600), 5, ["papers"])
    hall = office(MORNING, early)
    assert walk_ins_of(hall, at("08:30"), {"morning": 20, "early": 4}).places_left == 5
    assert [one.code for one in open_registrations(hall, "papers", at("08:30"))] == ["early", "morning"]


def test_after_the_consultation_and_on_a_day_without_one_the_next_is_named() -> None:
    for now in (at("12:00"), at("15:00", date(2026, 11, 25))):
        state = walk_ins_of(office(), now, {"morning": 3})
        assert (state.reason, state.next_chance_at) == ("outside_hours", at("07:30", date(2026, 11, 26)))


def test_a_closed_day_has_no_registration_and_says_why() -> None:
    christmas = Closure(date(2026, 12, 24), date(2026, 12, 24), {"de": "Heiligabend"})
    state = walk_ins_of(office(closures=[christmas]), at("08:00", date(2026, 12, 24)), {})
    assert (state.reason, state.next_chance_at) == ("closure", at("07:30", date(2026, 12, 29)))


def test_on_the_night_when_clocks_go_forward_registration_is_still_half_an_hour() -> None:
    sunday = date(2026, 3, 29)
    night = OpenConsultation("night", ["sunday"], Span(180, 240), 5, ["papers"])
    # 02:30 is not there that night: half an hour before three o'clock in summer time it is half past one.
    (found,) = open_registrations(office(night), "papers", at("01:30", sunday))
    assert (found.opens_at, found.begins_at) == (at("01:30", sunday), at("02:00", sunday))
    assert open_registrations(office(night), "papers", at("01:29", sunday)) == []


def test_staff_who_stop_numbers_stop_these_too() -> None:
    assert walk_ins_of(office(stopped=True), at("08:00"), {}) == WalkIns(
        open=False, reason="stopped_by_staff"
    )


def test_a_service_without_places_of_its_own_follows_the_office() -> None:
    parking = OfferedService("parking", 10, ["walk_in"], "A")
    papers = OfferedService("papers", 15, ["walk_in"], "A")
    hall = office(services=[papers, parking], walk_ins="opening_hours")
    full = {"morning": 24}
    assert walk_ins_for(hall, "papers", at("10:00"), full).reason == "contingent_used_up"
    assert walk_ins_for(hall, "parking", at("10:00"), full) == WalkIns(open=True)
    # The office gives numbers; how many for papers is not how many in all.
    assert walk_ins_of(hall, at("10:00"), {}) == WalkIns(open=True)
    evening = walk_ins_of(hall, at("20:00"), full)
    assert (evening.reason, evening.next_chance_at) == ("outside_hours", at("07:00", date(2026, 11, 25)))


@pytest.mark.parametrize(
    ("clock", "taken", "german", "english"),
    [
        (
            "07:00",
            0,
            "Anmeldung zur offenen Sprechstunde am Dienstag, 24. November ab 07:30 Uhr",
            "registration for the open consultation on Tuesday, 24 November from 07:30",
        ),
        (
            "08:00",
            23,
            "Wartenummern gibt es jetzt, heute ist noch 1 Platz frei",
            "queue numbers are given out now, 1 place is left today",
        ),
        (
            "08:00",
            24,
            "alle Plätze vergeben, nächste Anmeldung am Donnerstag, 26. November ab 07:30 Uhr",
            "all places taken, next registration on Thursday, 26 November from 07:30",
        ),
    ],
)
def test_the_page_of_offices_says_the_same_in_words(
    clock: str, taken: int, german: str, english: str
) -> None:
    for language, sentence in (("de", german), ("en", english)):
        said = without_appointment(office(), at(clock), {"morning": taken}, language, texts(language))
        assert said == sentence


TOWN = """\
authorities:
  - {slug: town, name: {de: Stadt}, land: HB}
services:
  - {code: papers, name: {de: Ausweis}, group: &papers {de: Ausweise}, minutes: 15}
  - {code: parking, name: {de: Parken}, group: *papers, minutes: 10, modes: [walk_in]}
  - {code: wedding, name: {de: Heirat}, group: *papers, minutes: 20, modes: [appointment]}
offices:
  - slug: hall
    authority: town
    name: {de: Rathaus}
    address: {street: Markt 1, postal_code: "28195", city: Ort}
    opening_hours: {tuesday: 08:00-12:00, sunday: 00:00-04:00}
    walk_ins: never
    open_consultation:
      - {code: open, weekdays: [tuesday], hours: 08:00-12:00, places: 24, services: all}
    services: [papers, parking, wedding]
    counters: [{number: 1}]
"""


def test_all_services_are_those_without_appointment_and_registration_begins_half_an_hour_before() -> None:
    (hall,) = read_setup({"town.yaml": TOWN}).offices
    (entry,) = hall.open_consultation
    assert (entry.services, entry.registration_minutes) == (["papers", "parking"], 30)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("hours: 08:00-12:00, places", "hours: 07:00-12:00, places", "outside tuesday's opening hours"),
        ("weekdays: [tuesday], hours: 08:00-12:00", "weekdays: [sunday], hours: 00:15-02:00", "day before"),
        ("services: all", "services: [dragons]", "not offered by this office"),
        ("services: all", "services: [wedding]", "not offered without appointment"),
        ("places: 24", "places: 0", "a number from 1"),
        (
            "    services: [papers",
            "      - {code: open, weekdays: [tuesday], hours: 08:00-09:00, places: 1}\n    services: [papers",
            "'open' is there already",
        ),
        ("{number: 1}", "{number: 1, services: [parking]}", "no counter serves 'papers'"),
    ],
)
def test_what_could_not_work_is_named(old: str, new: str, mistake: str) -> None:
    assert TOWN.count(old) == 1
    with pytest.raises(SetupError) as raised:
        read_setup({"town.yaml": TOWN.replace(old, new)})
    (line,) = str(raised.value).splitlines()
    assert mistake in line
