"""Other offices whose calls are shown and said here too: each with its own view, ledger and announcer.

Which ones is a matter of the device's settings, and the service sends a display no other office's calls.
Their announcers take turns (``turns``), so no announcement comes into another, whoever calls.
"""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from display.announcer import Announcer
from display.call_card import CallSight
from display.call_ledger import CallLedger
from display.office_view import Link, OfficeView
from display.service_link import ServiceLink


class FollowedOffice(msgspec.Struct, frozen=True):
    """All that it takes to show and to say one office's calls."""

    view: OfficeView
    ledger: CallLedger
    announcer: Announcer
    link: ServiceLink

    def sight(self) -> CallSight:
        """Give what its calls look like now."""
        return CallSight(
            snapshot=self.view.snapshot,
            announcement=self.announcer.current,
            waiting_to_be_said=self.ledger.waiting,
            last_shown=self.announcer.last,
        )


class FurtherOffices:
    """Follows exactly those that are chosen now."""

    def __init__(
        self,
        chosen: Callable[[], Sequence[str]],
        follow: Callable[[str], FollowedOffice],
        on_change: Callable[[], None],
    ) -> None:
        """``chosen`` gives their slugs, ``follow`` makes what follows one; ``on_change`` hears of changes."""
        self._chosen = chosen
        self._follow = follow
        self._on_change = on_change
        self._followed: dict[str, FollowedOffice] = {}
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Look at the choice again."""
        self._changed.set()

    def speak(self, language: str) -> None:
        """Have everything said in another language first."""
        for office in self._followed.values():
            office.announcer.speak(language)

    def sights(self) -> list[CallSight]:
        """Give what the offices' calls look like, in the order of the choice."""
        return [self._followed[slug].sight() for slug in self._chosen() if slug in self._followed]

    @property
    def lost(self) -> bool:
        """Whether one of them can't be heard at present; one that refuses us is not expected to be."""
        return any(office.view.link is Link.CONNECTING for office in self._followed.values())

    async def run(self) -> None:
        """Follow whoever is chosen; ends by cancellation, or when a part of it fails."""
        tasks: dict[str, list[asyncio.Task[None]]] = {}
        changed: asyncio.Task[bool] | None = None
        try:
            while True:
                self._changed.clear()
                await self._stop([slug for slug in tasks if slug not in self._chosen()], tasks)
                for slug in self._chosen():
                    if slug not in tasks:
                        office = self._followed[slug] = self._follow(slug)
                        tasks[slug] = [
                            asyncio.create_task(office.link.run()),
                            asyncio.create_task(office.announcer.run()),
                        ]
                self._on_change()
                changed = asyncio.create_task(self._changed.wait())
                running = [task for pair in tasks.values() for task in pair]
                done, _ = await asyncio.wait([changed, *running], return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            if changed:
                changed.cancel()
            await self._stop(list(tasks), tasks)

    async def _stop(self, slugs: Sequence[str], tasks: dict[str, list[asyncio.Task[None]]]) -> None:
        for slug in slugs:
            self._followed.pop(slug, None)
            ended = tasks.pop(slug)
            for task in ended:
                task.cancel()
            await asyncio.gather(*ended, return_exceptions=True)
