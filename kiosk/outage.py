"""Going on while the service is away: a number of our own now, handed in as soon as there is a connection.

The order makes every crash harmless: the journal before the paper, the answer of the service before
the number counts as used, and that before the journal forgets it. Whatever is cut off in between is
done again, and the service takes each paper once.
"""

import asyncio
import random
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import structlog

from kiosk.errors import BadRequestError, ServiceError, ServiceUnreachableError, UnknownCodeError
from kiosk.office_view import Link, OfficeView
from kiosk.outage_journal import FILE_NAME as JOURNAL_FILE
from kiosk.outage_journal import OutageJournal, Paper
from kiosk.outage_numbers import FILE_NAME as NUMBERS_FILE
from kiosk.outage_numbers import OutageNumbers
from kiosk.outage_ticket import OutageTicketHere
from kiosk.service_api import ServiceApi
from queue_service.device_program.service_clock import ServiceClock
from queue_service.protocol.device_api import CheckInRequest, TicketRequest
from queue_service.protocol.dictation import is_reference, without_separators
from queue_service.protocol.outage import MOST_AT_ONCE, TOKEN_BYTES, Outage, OutageCheckIn, OutageTicket
from queue_service.protocol.reconnect_delay import reconnect_delay
from queue_service.protocol.stream import OfficeCard, WalkIns

RENEW_EVERY = timedelta(hours=1)
"""Numbers of the days to come are fetched while there is a connection, long before they are needed."""
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0
NEVER_WITHOUT_APPOINTMENT = "by_appointment_only"
"""The one reason for no numbers that does not end with its day."""

log = structlog.get_logger(__name__)


class OutageTickets:
    """Gives out numbers of this kiosk's own, and hands them in."""

    def __init__(self, service: ServiceApi, view: OfficeView, data_dir: Path, clock: ServiceClock) -> None:
        """Read what the last run left. Raises OSError for a journal that can't be read."""
        self._service = service
        self._view = view
        self._numbers = OutageNumbers(data_dir / NUMBERS_FILE, clock)
        self._journal = OutageJournal(data_dir / JOURNAL_FILE)
        self._one_at_a_time = asyncio.Lock()
        self._renewed_at: datetime | None = None

    @property
    def unsent(self) -> int:
        """How many papers the service does not know of yet."""
        return len(self._journal.papers)

    @property
    def numbers_left(self) -> int:
        """How many numbers of today there are for an outage."""
        return self._numbers.left(self._today(), self._journal.papers, self._day_of)

    def can_go_on(self) -> bool:
        """Tell whether visitors get numbers here without the service."""
        office, state = self._view.office, self._view.known
        return (
            office is not None
            and state is not None
            and office.slug == self._numbers.office
            and state.hall != "leave"
            and self.numbers_left > 0
        )

    async def issue(self, request: TicketRequest) -> OutageTicketHere:
        """Give a number to a visitor without an appointment; it is in the journal when this returns.

        Raises ServiceUnreachableError when this kiosk can't go on alone, BadRequestError.
        """
        letter = self._numbers.letter_of(request.service)
        if letter is None or not self._may_draw(request.service):
            raise ServiceUnreachableError
        facts = msgspec.to_builtins(request)
        return await self._give(letter, OutageTicket, facts)

    async def check_in(self, request: CheckInRequest) -> OutageTicketHere:
        """Give a number to a visitor who names an appointment, which the service will look for later.

        Raises UnknownCodeError for what can't be anybody's code; the others as above.
        """
        reference = without_separators(request.reference)
        if not is_reference(reference):
            raise UnknownCodeError
        letter = self._numbers.first_letter()
        if letter is None:
            raise ServiceUnreachableError
        facts = {**msgspec.to_builtins(request), "reference": reference}
        return await self._give(letter, OutageCheckIn, facts)

    async def _give(
        self, letter: str, kind: type[OutageTicket] | type[OutageCheckIn], facts: dict[str, object]
    ) -> OutageTicketHere:
        office = self._view.office
        if office is None or not self.can_go_on():
            raise ServiceUnreachableError
        async with self._one_at_a_time:
            known = next((one for one in self._journal.papers if str(one.id) == facts["id"]), None)
            if known is not None:
                return _shown(known, office)
            number = self._numbers.next(letter, self._today(), self._journal.papers, self._day_of)
            if number is None:
                raise ServiceUnreachableError
            token = secrets.token_urlsafe(TOKEN_BYTES)
            own = {"number": number, "token": token, "issued_at": self._numbers.now()}
            try:
                paper: Paper = msgspec.convert({**facts, **own}, type=kind)
            except msgspec.ValidationError as error:
                raise BadRequestError([{"field": "", "message": "not a request that can be kept"}]) from error
            try:
                await asyncio.to_thread(self._journal.add, paper)
            except OSError as error:
                log.warning("outage_journal_failed", reason=error.strerror)
                raise ServiceUnreachableError from error
        log.info("outage_number_given", ticket=str(paper.id))
        self._view.tell()
        return _shown(paper, office)

    async def run(self) -> None:
        """Keep numbers in stock and hand in what was given out, for ever; ends only by cancellation."""
        failures = 0
        with self._view.listening() as changed:
            while True:
                changed.clear()
                if self._view.link is Link.CONNECTED:
                    try:
                        await self.turn()
                        failures = 0
                    except (ServiceError, OSError) as error:
                        failures += 1
                        chance = random.random()  # noqa: S311 - spreads load, guards nothing
                        log.warning("outage_turn_failed", reason=f"{type(error).__name__}: {error}")
                        # What failed is tried again later, and not at each change of the queue.
                        await asyncio.sleep(
                            reconnect_delay(
                                failures, chance, first=FIRST_DELAY_SECONDS, longest=LONGEST_DELAY_SECONDS
                            )
                        )
                        continue
                try:
                    async with asyncio.timeout(RENEW_EVERY.total_seconds()):
                        await changed.wait()
                except TimeoutError:
                    continue

    async def turn(self) -> None:
        """Hand in what there is, then see to it that there are numbers. Raises ServiceError, OSError."""
        handed_in = False
        while self.unsent:
            await self.hand_in()
            handed_in = True
        if handed_in or self._renewal_is_due():
            await self.renew()

    def _renewal_is_due(self) -> bool:
        office = self._view.office
        moved = office is not None and office.slug != self._numbers.office
        return moved or self._renewed_at is None or self._numbers.now() - self._renewed_at >= RENEW_EVERY

    async def renew(self) -> None:
        """Lease numbers for today and the days to come. Raises ServiceError, OSError."""
        leased = await self._service.lease_numbers()
        async with self._one_at_a_time:
            await asyncio.to_thread(self._numbers.take_lease, leased)
        self._renewed_at = leased.told_at
        log.info("outage_numbers_leased", left=self.numbers_left)
        self._view.tell()

    async def hand_in(self) -> None:
        """Hand in the oldest papers and forget those that were answered. Raises ServiceError, OSError."""
        papers = self._journal.papers[:MOST_AT_ONCE]
        answered = await self._service.hand_in(
            Outage(
                [paper for paper in papers if isinstance(paper, OutageTicket)],
                [paper for paper in papers if isinstance(paper, OutageCheckIn)],
            )
        )
        for item in answered.items:
            if item.state == "refused":
                log.error("outage_paper_refused", ticket=str(item.id), code=item.code)
        ids = {item.id for item in answered.items}
        done = [paper for paper in papers if paper.id in ids]
        if not done:
            raise ServiceUnreachableError
        async with self._one_at_a_time:
            await asyncio.to_thread(self._numbers.note_used, done, self._day_of)
            await asyncio.to_thread(self._journal.forget, ids)
        log.info("outage_handed_in", papers=len(done))

    def _may_draw(self, code: str) -> bool:
        """Tell whether a service is to be had without an appointment, as far as was last known."""
        known = self._view.known
        service = next((one for one in known.services if one.code == code), None) if known else None
        if known is None or service is None:
            return False
        return not (
            self._is_closed(known.walk_ins) or (service.walk_ins and self._is_closed(service.walk_ins))
        )

    def _is_closed(self, walk_ins: WalkIns) -> bool:
        if walk_ins.open or (walk_ins.next_chance_at and walk_ins.next_chance_at <= self._numbers.now()):
            return False
        known_today = self._numbers.told_on(self._day_of) == self._today()
        return known_today or walk_ins.reason == NEVER_WITHOUT_APPOINTMENT

    def _today(self) -> date:
        return self._day_of(self._numbers.now())

    def _day_of(self, at: datetime) -> date:
        office = self._view.office
        return (at.astimezone(ZoneInfo(office.time_zone)) if office else at).date()


def _shown(paper: Paper, office: OfficeCard) -> OutageTicketHere:
    return OutageTicketHere(
        id=paper.id,
        number=paper.number,
        token=paper.token,
        people_ahead=0,
        wait=None,
        created_at=paper.issued_at,
        follow_url=f"{office.follow_url}{paper.token}" if office.follow_url else "",
        pick_up=paper.pick_up,
    )
