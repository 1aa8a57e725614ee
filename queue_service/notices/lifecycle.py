"""What may happen to a message, and nothing else decides it."""

from queue_service.platform.lifecycle import Lifecycle, table

MESSAGE = Lifecycle(
    name="message",
    initial="queued",
    transitions=table(
        ("queued", "send", "sending"),
        ("queued", "print", "printed"),
        ("queued", "withdraw", "withdrawn"),
        ("sending", "deliver", "sent"),
        ("sending", "retry", "queued"),
        ("sending", "give_up", "failed"),
        ("sending", "lose", "unclear"),
        # A sender that comes late may still say what became of it.
        ("unclear", "deliver", "sent"),
        ("unclear", "retry", "queued"),
        ("unclear", "give_up", "failed"),
        ("unclear", "resend", "queued"),
        ("unclear", "settle", "settled"),
        ("unclear", "withdraw", "withdrawn"),
        ("failed", "resend", "queued"),
        ("failed", "settle", "settled"),
        ("failed", "withdraw", "withdrawn"),
        ("printed", "post", "posted"),
        ("printed", "resend", "queued"),
        ("printed", "withdraw", "withdrawn"),
    ),
)

OVER = ("sent", "posted", "withdrawn", "settled")
"""States in which nobody has to do anything any more; the message's content is gone by then."""
