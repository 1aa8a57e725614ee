"""Shows how the day goes: a bar on a terminal, a line for each hour of the day elsewhere."""

import asyncio
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from queue_service.simulation.day_preparation import DayPlan
from queue_service.simulation.office_day import OfficeDay

LOOK_SECONDS = 0.2


class DayProgress:
    """Watches a day on a console."""

    def __init__(self, console: Console, plan: DayPlan) -> None:
        self._console = console
        self._plan = plan

    async def watch(self, day: OfficeDay) -> None:
        """Show the day until cancelled."""
        if self._console.is_terminal:
            await self._bar(day)
        else:
            await self._lines(day)

    async def _bar(self, day: OfficeDay) -> None:
        columns = (
            TextColumn("{task.fields[clock]}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("visitors, {task.fields[waiting]} waiting"), TimeElapsedColumn(),
        )  # fmt: skip
        with Progress(*columns, console=self._console) as progress:
            bar = progress.add_task("", total=len(self._plan.arrivals), clock="", waiting=0)
            while True:
                progress.update(
                    bar,
                    completed=len(day.ledger.states) - day.ledger.alive,
                    clock=f"{self._local(day):%H:%M}",
                    waiting=day.ledger.count("waiting"),
                )
                # A display for people, drawn anew by the clock.
                await asyncio.sleep(LOOK_SECONDS)

    async def _lines(self, day: OfficeDay) -> None:
        told = self._local(day).hour
        while True:
            now = self._local(day)
            if now.hour != told:
                told = now.hour
                ledger = day.ledger
                self._console.print(
                    f"{now:%H:%M}  issued {len(ledger.issues)}, waiting {ledger.count('waiting')}, "
                    f"ended {len(ledger.states) - ledger.alive}"
                )
            # Lines for people, written by the clock.
            await asyncio.sleep(LOOK_SECONDS)

    def _local(self, day: OfficeDay) -> datetime:
        return day.clock.now().astimezone(self._plan.opens.tzinfo)
