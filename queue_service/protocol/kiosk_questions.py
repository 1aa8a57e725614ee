"""What a kiosk may ask a visitor, and what each answer means for the ticket.

The office says which of them are asked (``KioskSetup``); the kiosk asks in the visitor's language and puts
the answers into the fields that ``TicketRequest`` and ``CheckInRequest`` have for them.
"""

from typing import Literal, get_args

WayNeed = Literal["pick_up", "slow_walk"]
"""Fields of their own: somebody comes to the reception, or the call leaves more time."""
CounterNeed = Literal[
    "level_access", "induction_loop", "guide_strip", "interpreter", "parent_child_room", "closed_room"
]
"""Go into ``needs``: what the counter must have."""
ClassNeed = Literal["disabled", "pregnant", "small_children"]
"""Become the ``class``, where the office serves such visitors earlier; only without an appointment."""
KioskQuestion = Literal[WayNeed, CounterNeed, ClassNeed]

COUNTER_NEEDS: tuple[CounterNeed, ...] = get_args(CounterNeed)
"""A test holds these against what a counter can have."""
