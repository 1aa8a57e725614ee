"""A scenario's visitors, as a day at a real service plans them."""

from queue_service.offices.model import Span
from queue_service.simulation.scenario import EVERY_CLASS_ELSE, Scenario
from queue_service.simulation.scenario_file import shared_minutes
from queue_service.simulation.visitor_plan import CLASSES, Habits

HOURS_A_DAY = 24
MINUTES_AN_HOUR = 60
ALL = 100
SHORTEST_PATIENCE = 1


def habits_of(scenario: Scenario) -> Habits:
    """Return how the scenario's visitors are; what only days in memory know is left out."""
    every = sum(one.share for one in scenario.services)
    needs = {visitor_class: needs for _, visitor_class, needs in CLASSES}
    classes = {str(name): percent for name, percent in scenario.classes.items()}
    classes[EVERY_CLASS_ELSE] = ALL - sum(scenario.classes.values())
    appointments, leaving = scenario.appointments, scenario.leaving
    return Habits(
        hours=hour_weights(scenario),
        mix=[(one.share / every, (one.service,)) for one in scenario.services],
        minutes={one.service: one.minutes for one in scenario.services},
        scatter={one.service: one.scatter for one in scenario.services},
        with_appointment=appointments.percent / ALL,
        missed=appointments.missed_percent / ALL,
        punctuality=[(one.percent / ALL, (one.earliest, one.latest)) for one in appointments.punctuality],
        classes=[(percent / ALL, name, needs.get(name, ())) for name, percent in classes.items()],
        leaves=leaving.unseen_percent / ALL,
        gives_up=leaving.told_percent / ALL,
        gives_up_after=(min(SHORTEST_PATIENCE, leaving.told_after), leaving.told_after),
    )


def hour_weights(scenario: Scenario) -> dict[int, float]:
    """Return the arrivals by hour, as if each hour that has any were open for all of it."""
    weights = {}
    for hour in range(HOURS_A_DAY):
        whole = [Span(hour * MINUTES_AN_HOUR, (hour + 1) * MINUTES_AN_HOUR)]
        named = sum(shared_minutes(one.hours, whole) for one in scenario.arrivals.hours)
        if named:
            share = sum(
                one.share * shared_minutes(one.hours, whole) / (one.hours.closes - one.hours.opens)
                for one in scenario.arrivals.hours
            )
            weights[hour] = share * MINUTES_AN_HOUR / named
    return weights


def most_counters(scenario: Scenario) -> int:
    """Return the most counters that the staff plan has at a time on any weekday."""
    minutes = range(0, HOURS_A_DAY * MINUTES_AN_HOUR, 5)
    weekdays = {day for row in scenario.staff for day in row.weekdays} or {"monday"}
    return max(
        sum(
            row.counters
            for row in scenario.staff
            if (not row.weekdays or day in row.weekdays) and row.hours.opens <= minute < row.hours.closes
        )
        for day in weekdays
        for minute in minutes
    )
