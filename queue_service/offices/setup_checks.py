"""What binds several values of a set-up: references, names that are given once, hours within hours.

Each check notes what it finds as a consequence: where a value itself is already wrong, what
follows from it is left unsaid.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from queue_service.offices.announcement_setup import check_announcements
from queue_service.offices.hall_setup import check_areas, check_panel
from queue_service.offices.model import WEEKDAYS, Span, Weekday, WeekHours
from queue_service.offices.setup_mistakes import Findings, Path, echo, unknown
from queue_service.offices.setup_model import (
    CounterSetup,
    OfficeSetup,
    OpenConsultation,
    PoolSetup,
    ServiceSetup,
    Setup,
    StaffedHours,
    Staffing,
    TimedEntrySetup,
)
from queue_service.protocol.kiosk_questions import COUNTER_NEEDS

Catalogue = Mapping[str, ServiceSetup]
Part = tuple[Findings, Setup]
"""One file: what was found wrong in it so far, and what it says."""

_time_zones = cache(available_timezones)


def check_names(parts: list[Part]) -> None:
    """Note authorities, services and offices that are defined twice, be it in two files."""
    for section, key in (("authorities", "slug"), ("services", "code"), ("offices", "slug")):
        first: dict[str, str] = {}
        for findings, setup in parts:
            for at, thing in enumerate(getattr(setup, section)):
                name = getattr(thing, key)
                if name in first:
                    path = (section, at, key)
                    findings.note_consequence(path, f"'{echo(name)}' is defined already in {first[name]}")
                first.setdefault(name, findings.file)


def check_groups(parts: list[Part], catalogue: Catalogue) -> None:
    """Note a service group that is called one thing here and another there."""
    in_files = [service for _, setup in parts for service in setup.services]
    wording: dict[str, ServiceSetup] = {}
    for service in (*in_files, *catalogue.values()):
        wording.setdefault(service.group.get("de", ""), service)
    for findings, setup in parts:
        for at, service in enumerate(setup.services):
            first = wording[service.group.get("de", "")]
            if first.group != service.group:
                message = f"this group has other names at service '{echo(first.code)}'"
                findings.note_consequence(("services", at, "group"), message)


def check_office(
    findings: Findings, path: Path, office: OfficeSetup, authorities: AbstractSet[str], catalogue: Catalogue
) -> None:
    """Note whatever in one office doesn't fit the rest of it or the catalogue."""
    if office.authority not in authorities:
        findings.note_consequence(
            (*path, "authority"), unknown("authority", office.authority, sorted(authorities))
        )
    if office.time_zone not in _time_zones():
        findings.note_consequence(
            (*path, "time_zone"), unknown("time zone", office.time_zone, sorted(_time_zones()))
        )
    if (office.latitude is None) != (office.longitude is None):
        findings.note_consequence(path, "latitude and longitude belong together: one of them is missing")
    _check_services(findings, path, office, catalogue)
    _check_counters(findings, path, office)
    _check_kiosk(findings, path, office)
    _check_hours(findings, path, office)
    _check_open_consultation(findings, path, office, catalogue)
    _check_pools(findings, path, office, catalogue)
    _check_timed_entries(findings, path, office)
    check_announcements(findings, (*path, "announcements"), office.announcements)
    check_areas(findings, path, office.areas, {counter.number for counter in office.counters})
    check_panel(findings, path, office.panel)


def check_use(findings: Findings, path: Path, office: OfficeSetup) -> None:
    """Note what could never work although each part of it is right.

    ``office`` is complete and without mistakes: these are conclusions from what is not there.
    """
    served = {code for counter in office.counters for code in counter.services}
    pooled = {code for pool in office.pools for code in pool.services}
    consulted = {code for entry in office.open_consultation for code in entry.services}
    for at, offered in enumerate(office.services):
        where = (*path, "services", at)
        walk_ins = office.walk_ins != "never" or offered.service in consulted
        if "walk_in" in offered.modes and walk_ins and offered.service not in served:
            findings.note(where, f"no counter serves '{offered.service}': its numbers would never be called")
        if "appointment" in offered.modes and office.pools and offered.service not in pooled:
            findings.note(where, f"'{offered.service}' is offered by appointment but is in no pool")
    if office.counters and office.walk_ins == "opening_hours" and office.opening_hours == WeekHours():
        findings.note((*path, "walk_ins"), "follow the opening hours, but no opening hours are given")


def _check_services(findings: Findings, path: Path, office: OfficeSetup, catalogue: Catalogue) -> None:
    codes = [offered.service for offered in office.services]
    _check_once(findings, (*path, "services"), "service", codes)
    for at, code in enumerate(codes):
        if code not in catalogue:
            findings.note_consequence((*path, "services", at), unknown("service", code, catalogue))
    groups = {catalogue[code].group.get("de", "") for code in codes if code in catalogue}
    for group in office.numbers.letters_by_group:
        if group not in groups:
            where = (*path, "numbers", "letters_by_group", group)
            findings.note_consequence(where, unknown("service group", group, sorted(groups)))


def _check_counters(findings: Findings, path: Path, office: OfficeSetup) -> None:
    numbers = [counter.number.upper() for counter in office.counters]
    _check_once(findings, (*path, "counters"), "number", numbers)
    offered = {offered.service for offered in office.services}
    for at, counter in enumerate(office.counters):
        _check_offered(findings, path, ("counters", at, "services"), counter.services, offered)
        for weekday in WEEKDAYS:
            _check_counter_hours(findings, path, at, weekday, office)


def _check_counter_hours(
    findings: Findings, path: Path, at: int, weekday: Weekday, office: OfficeSetup
) -> None:
    """Note hours and breaks of a counter for which nobody would be there."""
    counter = office.counters[at]
    where = (*path, "counters", at)
    office_hours = _together(getattr(office.opening_hours, weekday))
    own_hours = office_hours if counter.hours is None else _together(getattr(counter.hours, weekday))
    for span in own_hours:
        if not any(whole.holds(span) for whole in office_hours):
            message = f"{span} is outside {weekday}'s opening hours ({_listed(office_hours)})"
            findings.note_consequence((*where, "hours", weekday), message, (*path, "opening_hours", weekday))
    for pause in getattr(counter.breaks, weekday):
        if not any(whole.holds(pause) for whole in own_hours):
            message = f"{pause} is outside the counter's hours on {weekday} ({_listed(own_hours)})"
            findings.note_consequence((*where, "breaks", weekday), message, (*where, "hours"))


def _check_offered(
    findings: Findings, office: Path, list_: Path, codes: Iterable[str], offered: AbstractSet[str]
) -> None:
    for at, code in enumerate(codes):
        if code not in offered:
            message = f"not offered by this office: {unknown('service', code, sorted(offered))}"
            findings.note_consequence((*office, *list_, at), message, (*office, "services"))


def _check_once(findings: Findings, path: Path, key: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name in seen:
            findings.note_consequence((*path, at, key), f"'{echo(name)}' is there already")
        seen.add(name)


def _check_kiosk(findings: Findings, path: Path, office: OfficeSetup) -> None:
    """Note what visitors would be asked and no counter could give: nobody would call them."""
    there = {feature for counter in office.counters for feature in counter.features}
    for at, asked in enumerate(office.kiosk.asks):
        if asked in COUNTER_NEEDS and asked not in there:
            message = f"no counter of the office has '{asked}' among its features"
            findings.note_consequence((*path, "kiosk", "asks", at), message)


def _check_hours(findings: Findings, path: Path, office: OfficeSetup) -> None:
    for at, closure in enumerate(office.closures):
        if closure.last_day < closure.first_day:
            findings.note_consequence((*path, "closures", at), "ends before it begins")
    if not isinstance(office.walk_ins, WeekHours):
        return
    for weekday in WEEKDAYS:
        open_hours = _together(getattr(office.opening_hours, weekday))
        for span in getattr(office.walk_ins, weekday):
            if not any(whole.holds(span) for whole in open_hours):
                where = (*path, "walk_ins", weekday)
                message = f"{span} is outside the opening hours ({_listed(open_hours)})"
                findings.note_consequence(where, message, (*path, "opening_hours", weekday))


def _check_timed_entries(findings: Findings, path: Path, office: OfficeSetup) -> None:
    codes = [entry.code for entry in office.timed_entries]
    _check_once(findings, (*path, "timed_entries"), "code", codes)
    for at, entry in enumerate(office.timed_entries):
        where = (*path, "timed_entries", at)
        if not entry.weekdays and not entry.dates:
            message = "takes place on no day: weekdays or dates are missing"
            findings.note_consequence(where, message, (*where, "weekdays"), (*where, "dates"))
        if (entry.first_day or date.min) > (entry.last_day or date.max):
            findings.note_consequence(where, "ends before it begins")
        _check_contingents(findings, where, entry)
    for at, event in enumerate(office.events):
        if event.last_day < event.first_day:
            findings.note_consequence((*path, "events", at), "ends before it begins")


def _check_open_consultation(
    findings: Findings, path: Path, office: OfficeSetup, catalogue: Catalogue
) -> None:
    _check_once(
        findings, (*path, "open_consultation"), "code", [entry.code for entry in office.open_consultation]
    )
    offered = {service.service: service.modes for service in office.services}
    modes = {code: own or catalogue[code].modes for code, own in offered.items() if code in catalogue}
    for at, entry in enumerate(office.open_consultation):
        where = (*path, "open_consultation", at)
        _check_offered(findings, path, ("open_consultation", at, "services"), entry.services, offered.keys())
        for place, code in enumerate(entry.services):
            if "walk_in" not in modes.get(code, ["walk_in"]):
                message = f"'{echo(code)}' is not offered without appointment here"
                findings.note_consequence((*where, "services", place), message)
        if entry.registration_minutes > entry.hours.opens:
            message = "the day's places would be given out on the day before"
            findings.note_consequence((*where, "registration_minutes"), message, (*where, "hours"))
        _check_within_opening_hours(findings, where, entry, office)


def _check_within_opening_hours(
    findings: Findings, path: Path, entry: OpenConsultation | Staffing, office: OfficeSetup
) -> None:
    for weekday in entry.weekdays:
        open_hours = _together(getattr(office.opening_hours, weekday))
        if not any(span.holds(entry.hours) for span in open_hours):
            message = f"{entry.hours} is outside {weekday}'s opening hours ({_listed(open_hours)})"
            findings.note_consequence(path, message, (*path[:2], "opening_hours", weekday))


def _check_pools(findings: Findings, path: Path, office: OfficeSetup, catalogue: Catalogue) -> None:
    _check_once(findings, (*path, "pools"), "code", [pool.code for pool in office.pools])
    offered = {service.service: service.modes for service in office.services}
    modes = {code: own or catalogue[code].modes for code, own in offered.items() if code in catalogue}
    pool_of: dict[str, str] = {}
    for at, pool in enumerate(office.pools):
        where = (*path, "pools", at)
        _check_offered(findings, path, ("pools", at, "services"), pool.services, offered.keys())
        for place, code in enumerate(pool.services):
            if "appointment" not in modes.get(code, ["appointment"]):
                message = f"'{echo(code)}' is not offered by appointment here"
                findings.note_consequence((*where, "services", place), message)
            if pool_of.setdefault(code, pool.code) != pool.code:
                message = f"'{echo(code)}' is already in pool '{echo(pool_of[code])}'"
                findings.note_consequence((*where, "services", place), message)
        _check_staffing(findings, where, pool, office)
        _check_lending(findings, where, pool, office)
        _check_contingents(findings, where, pool)


def _check_staffing(findings: Findings, path: Path, pool: PoolSetup, office: OfficeSetup) -> None:
    able = sum(1 for counter in office.counters if _serves_any(counter, pool.services))
    for at, staffing in enumerate(pool.staffing):
        where = (*path, "staffing", at)
        _check_staffed(findings, where, staffing, able)
        if (staffing.first_day or date.min) > (staffing.last_day or date.max):
            findings.note_consequence(where, "ends before it begins")
        if staffing.every_weeks > 1 and staffing.first_day is None:
            findings.note_consequence(
                (*where, "every_weeks"), "from is missing: weeks are counted from there"
            )
        _check_within_opening_hours(findings, where, staffing, office)
    days = [str(exception.day) for exception in pool.exceptions]
    _check_once(findings, (*path, "exceptions"), "date", days)
    for at, exception in enumerate(pool.exceptions):
        for place, staffed in enumerate(exception.staffing):
            _check_staffed(findings, (*path, "exceptions", at, "staffing", place), staffed, able)


def _check_lending(findings: Findings, path: Path, pool: PoolSetup, office: OfficeSetup) -> None:
    others = [other.code for other in office.pools if other.code != pool.code]
    for at, lending in enumerate(pool.lends):
        where = (*path, "lends", at)
        if lending.to not in others:
            findings.note_consequence((*where, "to"), unknown("other pool", lending.to, others))
        if (lending.first_day or date.min) > (lending.last_day or date.max):
            findings.note_consequence(where, "ends before it begins")
        for weekday in lending.weekdays:
            lent = sum(
                other.counters
                for other in pool.lends
                if weekday in other.weekdays and _overlap(other.hours, lending.hours)
            )
            most = _fewest_staffed(pool, weekday, lending.hours)
            if lent > most:
                message = f"{lent} counters are lent on {weekday}, but {most} are staffed in {lending.hours}"
                findings.note_consequence((*where, "counters"), message, (*path, "staffing"))


def _fewest_staffed(pool: PoolSetup, weekday: str, hours: Span) -> int:
    """Give the counters staffed all through these hours, in weeks in which every entry is in force."""
    return min(
        sum(
            entry.counters
            for entry in pool.staffing
            if weekday in entry.weekdays and entry.hours.opens <= minute < entry.hours.closes
        )
        for minute in range(hours.opens, hours.closes, 5)
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.opens < other.closes and other.opens < one.closes


def _check_contingents(findings: Findings, path: Path, planned: PoolSetup | TimedEntrySetup) -> None:
    if planned.contingents.online > planned.contingents.phone:
        message = (
            "the web may not take more than the telephone, which is to find a place when the web is full"
        )
        findings.note_consequence((*path, "contingents", "online"), message)
    opened = sum(release.percent for release in planned.releases)
    if opened > 100:  # percent
        findings.note_consequence((*path, "releases"), f"{opened} percent of a day are opened in all")
    for at, release in enumerate(planned.releases):
        if release.until is not None and release.until <= release.at:
            findings.note_consequence((*path, "releases", at), "ends before it begins")


def _check_staffed(findings: Findings, path: Path, staffed: Staffing | StaffedHours, able: int) -> None:
    if any(not staffed.hours.holds(pause) for pause in staffed.breaks):
        findings.note_consequence(path, f"a break is outside {staffed.hours}")
    if staffed.counters > able:
        message = f"{staffed.counters} counters are planned, but {able} can serve this pool"
        findings.note_consequence(path, message, (*path[:2], "counters"), (*path[:4], "services"))


def _serves_any(counter: CounterSetup, services: list[str]) -> bool:
    return not counter.services or not set(services).isdisjoint(counter.services)


def _together(spans: list[Span]) -> list[Span]:
    """Join spans of a day that touch, so that hours may run over the seam."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].closes >= span.opens:
            joined[-1] = Span(joined[-1].opens, max(joined[-1].closes, span.closes))
        else:
            joined.append(span)
    return joined


def _listed(spans: list[Span]) -> str:
    return ", ".join(map(str, spans)) or "closed"
