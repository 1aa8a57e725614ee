"""Each lifecycle is a table that can be lived from its beginning to its end, and is drawn as it is."""

import re
from operator import attrgetter
from pathlib import Path
from typing import get_args

import pytest

from queue_service.assistance.lifecycle import HELP_REQUEST
from queue_service.assistance.model import HelpState
from queue_service.booking.lifecycle import APPOINTMENT, HOLDS_PLACE, WAITING
from queue_service.booking.model import AppointmentState
from queue_service.booking.waiting_model import WaitingState
from queue_service.hotline.lifecycle import CALLBACK
from queue_service.hotline.model import CallbackState
from queue_service.notices.lifecycle import MESSAGE, OVER
from queue_service.notices.model import MessageState
from queue_service.platform.lifecycle import Lifecycle
from queue_service.queueing.lifecycle import AT_COUNTER, COUNTER, LIVE, TICKET, TICKET_UNDO, UNDOABLE
from queue_service.queueing.model import Counter, TicketState
from queue_service.queueing.service import KIND_OF_VERB

PAGE = Path(__file__).parents[2] / "docs" / "lifecycles.md"
DRAWING = re.compile(r"^## (?P<title>\w+)\n.*?^```mermaid\n(?P<diagram>.*?)\n```$", re.MULTILINE | re.DOTALL)
LIFECYCLES = (TICKET, COUNTER, APPOINTMENT, CALLBACK, MESSAGE, WAITING, HELP_REQUEST)
STATES_OF = {
    "ticket": set(get_args(TicketState)),
    "counter": set(get_args(Counter.__annotations__["state"])),
    "appointment": set(get_args(AppointmentState)),
    "callback": set(get_args(CallbackState)),
    "message": set(get_args(MessageState)),
    "waiting": set(get_args(WaitingState)),
    "help": set(get_args(HelpState)),
}

every_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.name)


def states(lifecycle: Lifecycle) -> set[str]:
    """Give all states that the table names."""
    return {state for step in lifecycle.transitions for state in (step.state, step.to)}


@every_lifecycle
def test_the_table_names_exactly_the_states_that_answers_can_show(lifecycle: Lifecycle) -> None:
    assert states(lifecycle) == STATES_OF[lifecycle.name]


@every_lifecycle
def test_a_verb_leads_from_a_state_to_one_other(lifecycle: Lifecycle) -> None:
    steps = [(step.state, step.verb) for step in lifecycle.transitions]
    assert len(steps) == len(set(steps))


@pytest.mark.parametrize("lifecycle", [TICKET, CALLBACK, MESSAGE], ids=attrgetter("name"))
def test_a_verb_has_one_target_wherever_it_is_said(lifecycle: Lifecycle) -> None:
    """The statement that moves a ticket takes any of a verb's states to the one target."""
    targets: dict[str, set[str]] = {}
    for step in lifecycle.transitions:
        targets.setdefault(step.verb, set()).add(step.to)
    assert {verb for verb, to in targets.items() if len(to) > 1} == set()


@every_lifecycle
def test_every_state_can_be_reached_from_the_beginning(lifecycle: Lifecycle) -> None:
    reached, ahead = set(), {lifecycle.initial}
    while ahead:
        reached |= ahead
        ahead = {step.to for step in lifecycle.transitions if step.state in ahead} - reached
    assert reached == states(lifecycle)


@pytest.mark.parametrize(
    "lifecycle", [TICKET, APPOINTMENT, CALLBACK, MESSAGE, HELP_REQUEST], ids=attrgetter("name")
)
def test_nothing_lives_for_ever(lifecycle: Lifecycle) -> None:
    """From every state a way leads to an end; only a counter opens and closes without one."""
    ends = {state for state in states(lifecycle) if not lifecycle.allowed(state)}
    assert ends
    alive = states(lifecycle) - ends
    while saved := {step.state for step in lifecycle.transitions if step.state in alive and step.to in ends}:
        ends |= saved
        alive -= saved
    assert alive == set()


@every_lifecycle
def test_questions_are_answered_from_the_table(lifecycle: Lifecycle) -> None:
    verbs = {step.verb for step in lifecycle.transitions}
    rows = {(step.state, step.verb): step.to for step in lifecycle.transitions}
    for state in states(lifecycle):
        for verb in verbs:
            assert lifecycle.target(state, verb) == rows.get((state, verb))
            assert (verb in lifecycle.allowed(state)) == ((state, verb) in rows)
            assert (state in lifecycle.sources(verb)) == ((state, verb) in rows)


def test_every_verb_of_a_ticket_but_the_call_names_its_change() -> None:
    assert set(KIND_OF_VERB) == {step.verb for step in TICKET.transitions} - {"call"}


def test_every_step_that_can_be_taken_back_leads_back_to_where_it_began() -> None:
    taken_back = {(step.to, step.verb, step.state) for step in TICKET_UNDO.transitions}
    assert taken_back == {
        (step.state, step.verb, step.to)
        for step in TICKET.transitions
        if step.verb in UNDOABLE and step.state != step.to
    }
    assert {step.verb for step in TICKET.transitions} >= UNDOABLE


def test_named_groups_of_states_are_states() -> None:
    assert set(AT_COUNTER) | set(LIVE) <= states(TICKET)
    assert set(HOLDS_PLACE) <= states(APPOINTMENT)
    assert {state for state in states(MESSAGE) if not MESSAGE.allowed(state)} == set(OVER)


def test_whoever_stands_at_a_counter_was_called_or_resumed_and_leaves_it_by_every_other_verb() -> None:
    entering = {
        step.verb for step in TICKET.transitions if step.to in AT_COUNTER and step.state not in AT_COUNTER
    }
    assert entering == {"call", "resume"}


def test_the_page_shows_every_lifecycle_as_its_table_draws_it() -> None:
    drawn = {match["title"].lower(): match["diagram"] for match in DRAWING.finditer(PAGE.read_text())}
    assert drawn == {lifecycle.name: lifecycle.diagram() for lifecycle in LIFECYCLES}
