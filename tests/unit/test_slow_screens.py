"""A screen on a bad line holds up nobody: its queue has a bound."""

from queue_service.devices import hub


async def test_a_slow_screen_is_let_go_when_its_queue_is_full() -> None:
    slow = hub.Subscriber("display")
    for _ in range(hub.QUEUE_LIMIT):
        slow.push(b"{}")
    assert not slow.overflowed.is_set()
    slow.push(b"{}")
    assert slow.overflowed.is_set()
