"""How fast the service and its players are here: clerks sit down and get up, with every desk listening."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import msgspec

from queue_service.simulation.public_api import PublicApi
from queue_service.simulation.screens import STAFF, Hall, Screen, StaffChange, StaffSnapshot
from queue_service.simulation.staff_session import StaffSession

FEWEST_COMMANDS = 240
"""About a second's worth on a small machine."""
AT_ONCE = 4
"""Clerks who press a key at the same time, as in the day's busiest hour."""


class Speed(msgspec.Struct, frozen=True):
    """What was measured."""

    commands_a_second: float
    """With each command's change sent to every desk."""
    answer_seconds: float
    """Median."""


async def measure_speed(
    api: PublicApi, office: str, stream: str, seats: Sequence[tuple[str, StaffSession]]
) -> Speed:
    """Open and close the counters until ``FEWEST_COMMANDS`` are answered; all are closed at the end.

    Every command moves the office on by one version, as every verb of the queue does.
    """
    desks: list[Screen[StaffSnapshot, Hall, StaffChange]] = [
        Screen(counter, STAFF, stream, session.token) for counter, session in seats
    ]
    following = [asyncio.create_task(desk.run()) for desk in desks]
    try:
        await asyncio.gather(*(desk.reached(0) for desk in desks))
        rounds = -(-FEWEST_COMMANDS // (2 * len(seats)))
        turns = iter([seat for _ in range(rounds) for seat in seats])
        seconds: list[float] = []
        resting = {counter: asyncio.Lock() for counter, _ in seats}

        async def sit_down_and_get_up() -> None:
            for counter, session in turns:
                async with resting[counter]:
                    token = await session.token()
                    began = monotonic()
                    await api.open_counter(counter, token)
                    opened = monotonic()
                    await api.close_counter(counter, token)
                    seconds.extend((opened - began, monotonic() - opened))

        began = monotonic()
        await asyncio.gather(*(sit_down_and_get_up() for _ in range(AT_ONCE)))
        version = (await api.queue(office, await seats[0][1].token())).version
        await asyncio.gather(*(desk.reached(version) for desk in desks))
        return Speed(len(seconds) / (monotonic() - began), sorted(seconds)[len(seconds) // 2])
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
