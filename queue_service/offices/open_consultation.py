"""Same-day places for visitors without an appointment: when they are given out, and whether any is left.

Pure rules; ``now`` and what is taken are arguments. The places of an open consultation are given out
from its registration on, some time before visitors are served, until the day's contingent is used up.
A service that has one gets numbers by it alone; ``walk_ins`` decides for all others.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from queue_service.offices.catalogue import Office
from queue_service.offices.model import (
    LOOK_AHEAD_DAYS,
    MINUTES_A_DAY,
    ONE_DAY,
    WEEKDAYS,
    OfficeCalendar,
    day_off,
    is_closed,
    local_day,
    walk_ins_now,
)
from queue_service.offices.setup_model import OpenConsultation
from queue_service.protocol.stream import WalkIns


class Registration(msgspec.Struct, frozen=True):
    """One day of an open consultation; instants in UTC."""

    code: str
    """Of the consultation: its contingent is counted under it, anew each day."""
    places: int
    opens_at: datetime
    """Places are given out from here on …"""
    begins_at: datetime
    """… visitors are served from here on …"""
    ends_at: datetime
    """… and from here on there are neither."""

    def is_open(self, now: datetime) -> bool:
        """Tell whether places are given out at ``now``, if any is left."""
        return self.opens_at <= now < self.ends_at


def registration_on(
    consultation: OpenConsultation, calendar: OfficeCalendar, day: date
) -> Registration | None:
    """Give the registration of a day; None on one without."""
    if WEEKDAYS[day.weekday()] not in consultation.weekdays or is_closed(day, calendar):
        return None
    zone = ZoneInfo(calendar.time_zone)
    begins_at = _instant(day, consultation.hours.opens, zone)
    return Registration(
        code=consultation.code,
        places=consultation.places,
        opens_at=begins_at - timedelta(minutes=consultation.registration_minutes),
        begins_at=begins_at,
        ends_at=_instant(day, consultation.hours.closes, zone),
    )


def open_registrations(office: Office, service: str, now: datetime) -> list[Registration]:
    """List the registrations that are open for a service at ``now``, the earliest first, full or not."""
    today = _on(consultations_for(office, service), office.calendar, _today(office, now))
    return sorted((one for one in today if one.is_open(now)), key=lambda one: one.opens_at)


def consultations_for(office: Office, service: str) -> list[OpenConsultation]:
    """List the open consultations that a service is given in."""
    return [one for one in office.setup.open_consultation if service in one.services]


def walk_ins_for(office: Office, service: str, now: datetime, taken: Mapping[str, int]) -> WalkIns:
    """Tell whether numbers are given out for one service, and if not, why and when again.

    ``taken``: places taken today, by the code of the consultation.
    """
    if office.walk_ins_stopped:
        return WalkIns(open=False, reason="stopped_by_staff")
    consultations = consultations_for(office, service)
    if consultations:
        return _state(consultations, office.calendar, now, taken)
    return walk_ins_now(office.calendar, now)


def not_served_today(office: Office, service: str, now: datetime) -> WalkIns:
    """Say that who comes now is not called before the counters close, and when there is a chance again."""
    zone = office.setup.time_zone
    tomorrow = _instant(local_day(now, zone) + ONE_DAY, 0, ZoneInfo(zone))
    consultations = consultations_for(office, service)
    if consultations:
        upcoming = _next(consultations, office.calendar, tomorrow)
        return WalkIns(
            open=False,
            reason="not_served_today",
            next_chance_at=upcoming.opens_at if upcoming else None,
            begins_at=upcoming.begins_at if upcoming else None,
        )
    morning = walk_ins_now(office.calendar, tomorrow)
    chance = tomorrow if morning.open else morning.next_chance_at
    return WalkIns(open=False, reason="not_served_today", next_chance_at=chance)


def walk_ins_of(office: Office, now: datetime, taken: Mapping[str, int]) -> WalkIns:
    """Tell the same of the office: open when a number is given out for any of its services.

    Where all are closed, of two reasons that of the earlier chance.
    """
    consultations = office.setup.open_consultation
    if office.walk_ins_stopped or not consultations:
        return walk_ins_for(office, "", now, taken)
    by_consultation = _state(consultations, office.calendar, now, taken)
    given = {code for one in consultations for code in one.services}
    if all(offered.service in given for offered in office.setup.services if "walk_in" in offered.modes):
        return by_consultation
    otherwise = walk_ins_now(office.calendar, now)
    never = datetime.max.replace(tzinfo=UTC)
    # Of two that are open the one without a count: it is not all that is left.
    return min(
        (otherwise, by_consultation), key=lambda state: (not state.open, state.next_chance_at or never)
    )


def _state(
    consultations: Sequence[OpenConsultation],
    calendar: OfficeCalendar,
    now: datetime,
    taken: Mapping[str, int],
) -> WalkIns:
    today = local_day(now, calendar.time_zone)
    here = [one for one in _on(consultations, calendar, today) if one.is_open(now)]
    left = {one.code: max(one.places - taken.get(one.code, 0), 0) for one in here}
    with_places = [one for one in here if left[one.code]]
    if with_places:
        begins_at = min(one.begins_at for one in with_places)
        return WalkIns(open=True, places_left=sum(left.values()), begins_at=begins_at)
    upcoming = _next(consultations, calendar, now)
    if here:
        reason = "contingent_used_up"
    elif upcoming is not None and local_day(upcoming.begins_at, calendar.time_zone) == today:
        reason = "not_yet"
    else:
        off = day_off(calendar, today)
        reason = off.code if off else "outside_hours"
    return WalkIns(
        open=False,
        reason=reason,
        next_chance_at=upcoming.opens_at if upcoming else None,
        places_left=0 if here else None,
        begins_at=upcoming.begins_at if upcoming else None,
    )


def _next(
    consultations: Sequence[OpenConsultation], calendar: OfficeCalendar, now: datetime
) -> Registration | None:
    """Give the registration that opens next after ``now``; None when none does within a year."""
    today = local_day(now, calendar.time_zone)
    for day in (today + offset * ONE_DAY for offset in range(LOOK_AHEAD_DAYS + 1)):
        later = [one for one in _on(consultations, calendar, day) if one.opens_at > now]
        if later:
            return min(later, key=lambda one: one.opens_at)
    return None


def _on(consultations: Sequence[OpenConsultation], calendar: OfficeCalendar, day: date) -> list[Registration]:
    return [found for one in consultations if (found := registration_on(one, calendar, day))]


def _today(office: Office, now: datetime) -> date:
    return local_day(now, office.setup.time_zone)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Give the instant (UTC) at which the wall clock shows this minute; 1440 is the next midnight."""
    days, minute = divmod(minute, MINUTES_A_DAY)
    shown = time(minute // 60, minute % 60)
    return datetime.combine(day + days * ONE_DAY, shown, zone).astimezone(UTC)
