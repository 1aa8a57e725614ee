"""What may happen to a visitor's request for help, and nothing else decides it."""

from queue_service.platform.lifecycle import Lifecycle, table

HELP_REQUEST = Lifecycle(
    name="help",
    initial="asked",
    transitions=table(
        ("asked", "come", "coming"),
        ("asked", "finish", "over"),
        ("asked", "withdraw", "over"),
        ("coming", "finish", "over"),
        ("coming", "withdraw", "over"),
    ),
)
