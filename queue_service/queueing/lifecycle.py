"""What may happen to a ticket and to a counter, and nothing else decides it."""

from queue_service.platform.lifecycle import Lifecycle, table

TICKET = Lifecycle(
    name="ticket",
    initial="waiting",
    transitions=table(
        ("waiting", "call", "called"),
        ("waiting", "transfer", "waiting"),
        ("waiting", "cancel", "cancelled"),
        ("called", "recall", "called"),
        ("called", "start", "serving"),
        ("called", "no_show", "no_show"),
        ("called", "park", "parked"),
        ("called", "transfer", "waiting"),
        ("called", "requeue", "waiting"),
        ("called", "cancel", "cancelled"),
        ("serving", "finish", "finished"),
        ("serving", "park", "parked"),
        ("serving", "transfer", "waiting"),
        ("serving", "requeue", "waiting"),
        ("parked", "resume", "serving"),
        ("parked", "transfer", "waiting"),
        ("parked", "requeue", "waiting"),
        ("parked", "cancel", "cancelled"),
        ("no_show", "requeue", "waiting"),
    ),
)

COUNTER = Lifecycle(
    name="counter",
    initial="closed",
    transitions=table(
        ("closed", "open", "open"),
        ("open", "close", "closed"),
    ),
)

AT_COUNTER = ("called", "serving")
"""States in which a visitor belongs to the counter that called."""

LIVE = ("waiting", "called", "serving", "parked", "no_show")
"""States that a desk still shows on the ticket's day."""
