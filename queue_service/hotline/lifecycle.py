"""What may happen to an item of the call list, and nothing else decides it."""

from queue_service.platform.lifecycle import Lifecycle, table

CALLBACK = Lifecycle(
    name="callback",
    initial="open",
    transitions=table(
        ("open", "take", "taken"),
        ("open", "renew", "open"),
        ("open", "postpone", "open"),
        ("open", "withdraw", "withdrawn"),
        ("taken", "renew", "open"),
        ("taken", "release", "open"),
        ("taken", "postpone", "open"),
        ("taken", "done", "done"),
        ("taken", "withdraw", "withdrawn"),
    ),
)
