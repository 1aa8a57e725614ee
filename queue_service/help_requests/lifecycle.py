"""What may happen to a visitor's call for help, and nothing else decides it."""

from queue_service.platform.lifecycle import Lifecycle, table

HELP_REQUEST = Lifecycle(
    name="help_request",
    initial="waiting",
    transitions=table(
        ("waiting", "acknowledge", "coming"),
        ("waiting", "finish", "done"),
        ("coming", "finish", "done"),
    ),
)
