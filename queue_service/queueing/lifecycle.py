"""What may happen to a ticket and to a counter, and nothing else decides it."""

from queue_service.platform.lifecycle import Lifecycle, Transition, table

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
        ("serving", "continue", "waiting"),
        ("parked", "resume", "serving"),
        ("parked", "transfer", "waiting"),
        ("parked", "requeue", "waiting"),
        ("parked", "cancel", "cancelled"),
        ("no_show", "requeue", "waiting"),
        ("waiting", "merge", "cancelled"),
        ("parked", "merge", "cancelled"),
        ("called", "merge", "cancelled"),
        ("waiting", "send_on", "finished"),
        ("called", "send_on", "finished"),
        ("serving", "send_on", "finished"),
        ("parked", "send_on", "finished"),
    ),
)

INNER_VERBS = frozenset({"continue", "merge", "send_on"})
"""Steps that follow from another verb (finish, the merge into another ticket, a transfer to another
office) and that nobody can ask of a ticket itself."""

UNDOABLE = frozenset(
    {"start", "finish", "no_show", "park", "resume", "transfer", "requeue", "continue", "cancel"}
)
"""Steps that can be taken back. A call was heard by the whole hall, and a visitor who was sent to
another office has a number there."""

TICKET_UNDO = Lifecycle(
    name="ticket_undo",
    initial="waiting",
    # The step that is taken back, from where it led to where it began.
    transitions=tuple(
        Transition(step.to, step.verb, step.state)
        for step in TICKET.transitions
        if step.verb in UNDOABLE and step.to != step.state
    ),
)

COUNTER = Lifecycle(
    name="counter",
    initial="closed",
    transitions=table(
        ("closed", "open", "open"),
        ("open", "close", "closed"),
        ("open", "pause", "paused"),
        ("paused", "resume", "open"),
        ("paused", "close", "closed"),
    ),
)

AT_COUNTER = ("called", "serving")
"""States in which a visitor belongs to the counter that called."""

LIVE = ("waiting", "called", "serving", "parked", "no_show")
"""States that a desk still shows on the ticket's day."""
