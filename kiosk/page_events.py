"""What the page is told without asking: each new state, and a ticket as soon as it has its number."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from kiosk.office_view import KioskState, OfficeView
from kiosk.ticketing import TicketAtKiosk

TICKETS_HELD = 8
"""Tickets not yet sent to a page; a page that is further behind has gone."""


class StateEvent(msgspec.Struct, frozen=True, tag="state", tag_field="type"):
    """Replaces what the page knew."""

    state: KioskState


class TicketEvent(msgspec.Struct, frozen=True, tag="ticket", tag_field="type"):
    """A number was given out and is being printed."""

    ticket: TicketAtKiosk


class PageEvents:
    """Feeds any number of open pages; in daily life there is one."""

    def __init__(self, view: OfficeView) -> None:
        self._view = view
        self._pages: set[PageFeed] = set()

    @contextmanager
    def feed(self) -> Iterator["PageFeed"]:
        """Give the events from now on, the present state first."""
        with self._view.listening() as changed:
            page = PageFeed(self._view, changed)
            self._pages.add(page)
            try:
                yield page
            finally:
                self._pages.discard(page)

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return len(self._pages)

    def tell_ticket(self, ticket: TicketAtKiosk) -> None:
        """Send a ticket to every page; the one that asked for it knows its id."""
        for page in self._pages:
            page.add(ticket)


class PageFeed:
    """The events of one page; states that the page was too slow for are skipped, tickets are not."""

    def __init__(self, view: OfficeView, changed: asyncio.Event) -> None:
        self._view = view
        self._changed = changed
        self._changed.set()
        self._tickets: list[TicketAtKiosk] = []

    def add(self, ticket: TicketAtKiosk) -> None:
        """Take a ticket for this page."""
        self._tickets = [*self._tickets, ticket][-TICKETS_HELD:]
        self._changed.set()

    async def next(self) -> list[StateEvent | TicketEvent]:
        """Wait for a change and give what is new."""
        await self._changed.wait()
        self._changed.clear()
        tickets, self._tickets = self._tickets, []
        return [*(TicketEvent(ticket) for ticket in tickets), StateEvent(self._view.state())]
