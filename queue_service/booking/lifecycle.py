"""What may happen to an appointment and to somebody who waits for one, and nothing else decides it."""

from queue_service.platform.lifecycle import Lifecycle, table

APPOINTMENT = Lifecycle(
    name="appointment",
    # A booking without a hold begins one step further, as "booked".
    initial="held",
    transitions=table(
        ("held", "confirm", "booked"),
        ("held", "expire", "expired"),
        ("held", "move", "held"),
        ("held", "cancel", "cancelled"),
        ("booked", "move", "booked"),
        ("booked", "cancel", "cancelled"),
        ("booked", "check_in", "arrived"),
        ("booked", "miss", "missed"),
        ("arrived", "finish", "fulfilled"),
        ("arrived", "no_show", "missed"),
        ("arrived", "cancel", "cancelled"),
        ("missed", "return", "arrived"),
        ("fulfilled", "reopen", "arrived"),
    ),
)

HOLDS_PLACE = ("held", "booked", "arrived", "fulfilled", "missed")
"""States in which an appointment consumes capacity of its pool's day.

A place that somebody missed is not given to somebody else: its time is over.
"""

WAITING = Lifecycle(
    name="waiting",
    initial="waiting",
    # Somebody who withdraws while a place is on offer refuses it first.
    transitions=table(
        ("waiting", "offer", "offered"),
        ("waiting", "withdraw", "withdrawn"),
        ("waiting", "lapse", "lapsed"),
        ("offered", "accept", "accepted"),
        ("offered", "refuse", "waiting"),
        ("offered", "miss", "waiting"),
        ("offered", "give_up", "withdrawn"),
    ),
)
