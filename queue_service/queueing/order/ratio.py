"""``ratio``: so many appointments, then so many walk-ins, round and round; within each by wait.

The cycle has ``appointments + walk_ins`` places. It turns only by a call of the kind whose place it
is: when nobody of that kind waits, the other kind is called and the place is kept, so that the
next one to come has it.
"""

from collections.abc import Sequence

from queue_service.offices.setup_model import OrderSetup
from queue_service.queueing.order.turn import CallFacts, Moment, Rule, Turn, Waiting, due


def turns(waiting: Sequence[Waiting], rules: OrderSetup, moment: Moment) -> dict[str, Turn]:
    """Give everybody's turn by number."""
    given = {ticket.number: turn for ticket in waiting if (turn := due(ticket, moment))}
    for on_time in (True, False):
        lane = [ticket for ticket in waiting if ticket.number not in given and ticket.on_time == on_time]
        lane.sort(key=lambda ticket: (ticket.waiting_since, ticket.number))
        for nth, ticket in enumerate(lane):
            place = place_of(nth, rules, moment.cycle_place, on_time=on_time)
            given[ticket.number] = Turn(1 + place, ticket.waiting_since, ticket.number)
    return given


def place_of(nth: int, rules: OrderSetup, cycle_place: int, *, on_time: bool) -> int:
    """Return the place, counted from the beginning of the present cycle, of the nth of its kind."""
    length = rules.appointments + rules.walk_ins
    if on_time:
        nth += min(cycle_place, rules.appointments)
        return length * (nth // rules.appointments) + nth % rules.appointments
    nth += max(cycle_place - rules.appointments, 0)
    return length * (nth // rules.walk_ins) + rules.appointments + nth % rules.walk_ins


def next_place(cycle_place: int, rules: OrderSetup, *, called_on_time: bool) -> int:
    """Return the cycle's place after a call of one who was on time for an appointment, or of another."""
    if called_on_time != (cycle_place < rules.appointments):
        return cycle_place
    return (cycle_place + 1) % (rules.appointments + rules.walk_ins)


def rule(_facts: CallFacts) -> Rule:
    """Say that it was this kind's place in the cycle."""
    return "ratio"
