"""All parts of one running display, put together: what it follows, shows, says and keeps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from litestar import Litestar
from litestar.datastructures import State

from display.announced_calls import kept_announced
from display.announcement import announce
from display.announcement_sound import AnnouncementStudio
from display.announcer import Announcer
from display.call_ledger import CallLedger
from display.further_offices import FollowedOffice, FurtherOffices
from display.hall_loudness import SOUND_OFF, Loudness, loudness_now
from display.health import display_health
from display.http_app import http_app
from display.kept_office import keep_office, kept_office
from display.loopback_guard import LoopbackGuard
from display.office_view import OfficeView
from display.page import WallPage
from display.page_fit import PageFit
from display.panel_files import PanelFiles
from display.player import DevicePlayer, HushablePlayer, PagePlayer
from display.said_ahead import HallAhead, SaidAhead, highest_called
from display.service_link import ServiceLink
from display.settings import DisplaySettings, SoundAt
from display.settings_in_force import SettingsInForce
from display.shown_areas import is_shown
from display.speech_cache import SpeechCache
from display.texts import Texts
from display.turns import Turns
from display.voice_choice import chosen_voices
from display.wall import Wall
from display.zone import in_zone
from queue_service.device_program.caretaker import Caretaker, kept_card
from queue_service.device_program.service_clock import ServiceClock
from queue_service.device_program.supervision import Supervision
from queue_service.device_program.token_file import TokenFile
from queue_service.protocol.announcing import OfficeAnnouncements
from queue_service.protocol.languages import base
from queue_service.protocol.panel import PanelSlide
from queue_service.protocol.stream import Call, OfficeCard

NO_OFFICE = OfficeAnnouncements()
FURTHER_FOLDER = "offices"
"""Below the data directory: what is remembered of further offices' calls, by slug."""

log = structlog.get_logger(__name__)


class Display:
    """All parts of one running display."""

    def __init__(self, own: DisplaySettings, port: int, own_clock: Callable[[], datetime]) -> None:
        """``own`` are the options of the start; a card kept from the last run goes before them."""
        self._own = own
        self._in_force = SettingsInForce(own, kept_card(own.data_dir))
        self._clock = ServiceClock(own_clock)
        self._called: dict[str, int] = {}
        texts = Texts.read()
        voices = chosen_voices(own)
        self._studio = AnnouncementStudio(voices.first, SpeechCache(own.data_dir), voices.other)
        ledger = CallLedger(kept_announced(own.data_dir), self._is_said)
        self._view = OfficeView(
            ledger,
            self._is_shown,
            kept=kept_office(own.data_dir),
            keep=lambda office: keep_office(own.data_dir, office),
        )
        self._pages = PagePlayer(self._view.tell) if own.sound is not SoundAt.DEVICE else None
        self._player = HushablePlayer(self._pages or DevicePlayer(own.sound_command), self._is_silent)
        self._turns = Turns(self._view.tell)
        self._announcer = Announcer(
            ledger=ledger,
            studio=self._studio,
            player=self._player,
            data_dir=own.data_dir,
            language=self._language,
            now=self._clock.now,
            on_change=self._view.tell,
            hall=lambda: self._view.hall,
            reception=lambda: self._view.has_reception,
            own=lambda: self._office_announcements().texts,
            loudness=lambda: self._loudness(self._view),
            turns=self._turns,
        )
        self._ahead = SaidAhead(self._studio, self._hall_ahead, self._announcer.until_idle)
        self._view.when_called(self._announcer.wake)
        self._token_file = TokenFile(own.token_file)
        fit = PageFit()
        self._caretaker = Caretaker(
            service=own.service,
            profile="display",
            token_file=self._token_file,
            data_dir=own.data_dir,
            clock=self._clock,
            health=lambda device: display_health(
                device, self._link.losses, self._pages, ledger, fit, self._loudness(self._view)
            ),
            changed=self._hear_caretaker,
        )
        self._link = ServiceLink(
            own.service,
            self._token_file,
            self._view,
            self._clock,
            self._caretaker.let_in,
            set_up_anew=self._caretaker.wake,
        )
        self._further = FurtherOffices(
            lambda: self._in_force.chosen.further_offices, self._follow, self._view.tell
        )
        self._panel_files = PanelFiles(
            own.service, self._token_file, own.data_dir, self._slides, self._view.tell
        )
        for hear in (self._panel_files.wake, self._further.wake, self._choose_language, self._view.tell):
            self._in_force.when_changed(hear)
        wall_page = WallPage(texts, self._in_force)
        wall = Wall(
            view=self._view,
            ledger=ledger,
            announcer=self._announcer,
            pages=self._pages,
            now=self._clock.now,
            texts=texts,
            in_force=self._in_force,
            page_digest=lambda: wall_page.digest,
            panel_files=self._panel_files,
            further=self._further,
            turns=self._turns,
            is_heard=lambda: self._loudness(self._view).said,
            own=lambda: self._office_announcements().texts,
        )
        state = State(
            {
                "wall": wall,
                "view": self._view,
                "page": wall_page,
                "page_player": self._pages,
                "page_fit": fit,
                "panel_files": self._panel_files,
            },
            deep_copy=False,
        )
        self.app = LoopbackGuard(http_app(state, self._running), port)
        self.failure: BaseException | None = None
        """What ended the display, if it was not told to end."""
        self.stop: Callable[[], None] = lambda: None
        """Ends the server; set by whoever runs it."""

    @asynccontextmanager
    async def _running(self, _: Litestar) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(part)
            for part in (
                Supervision().run(),
                self._link.run(),
                self._announcer.run(),
                self._say_ahead(),
                self._caretaker.run(),
                self._further.run(),
                self._panel_files.run(),
            )
        ]
        for task in tasks:
            task.add_done_callback(self._part_ended)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._caretaker.close()
            await self._panel_files.close()
            await self._studio.close()

    def _hear_caretaker(self) -> None:
        """Show the code, or that none is needed any more; and have what staff have chosen hold at once."""
        self._in_force.take(self._caretaker.card)
        self._view.show_code(self._caretaker.code)

    def _follow(self, slug: str) -> FollowedOffice:
        """Put together what shows and says another office's calls."""
        data_dir = self._own.data_dir / FURTHER_FOLDER / slug
        data_dir.mkdir(parents=True, exist_ok=True)
        ledger = CallLedger(kept_announced(data_dir))
        view = OfficeView(ledger, lambda *_: True, self._view.tell)
        announcer = Announcer(
            ledger=ledger,
            studio=self._studio,
            player=self._player,
            data_dir=data_dir,
            language=self._language,
            now=self._clock.now,
            on_change=self._view.tell,
            hall=lambda: view.hall,
            reception=lambda: view.has_reception,
            loudness=lambda: self._loudness(view),
            turns=self._turns,
        )
        view.when_called(announcer.wake)
        never_in_a_hurry = asyncio.Event()
        link = ServiceLink(
            self._own.service, self._token_file, view, self._clock, never_in_a_hurry, office=slug
        )
        return FollowedOffice(view, ledger, announcer, link)

    async def _say_ahead(self) -> None:
        """Load the gong and the voices before the first call needs them, then speak what comes next."""
        sample = Call(0, "A100", "1", {}, datetime.fromtimestamp(0, UTC), language="en")
        await self._studio.produce(announce(sample, self._language), repeat=False)
        log.info("voice_ready")
        await self._ahead.run()

    @property
    def _language(self) -> str:
        return base(self._in_force.now.language)

    def _choose_language(self) -> None:
        self._announcer.speak(self._language)
        self._further.speak(self._language)

    def _is_silent(self) -> bool:
        return self._in_force.now.sound is SoundAt.OFF

    def _is_shown(self, call: Call, office: OfficeCard) -> bool:
        return is_shown(call, office, self._in_force.chosen)

    def _is_said(self, call: Call) -> bool:
        return in_zone(call, self._in_force.chosen.zone)

    def _slides(self) -> list[PanelSlide]:
        return self._in_force.card.panel if self._in_force.card else []

    def _office_announcements(self) -> OfficeAnnouncements:
        card = self._in_force.card
        return (card.announcements if card else None) or NO_OFFICE

    def _loudness(self, view: OfficeView) -> Loudness:
        if self._is_silent():
            return SOUND_OFF
        snapshot = view.snapshot
        here = ZoneInfo(snapshot.office.time_zone) if snapshot else UTC
        waiting = snapshot.waiting if snapshot else 0
        return loudness_now(self._in_force.chosen, self._clock.now().astimezone(here), waiting)

    def _hall_ahead(self) -> HallAhead:
        snapshot = self._view.snapshot
        self._called = highest_called(snapshot.calls, self._called) if snapshot and snapshot.calls else {}
        return HallAhead(
            self._office_announcements(), self._called, self._language, reception=self._view.has_reception
        )

    def _part_ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        # Half a display is worse than none: systemd starts a whole one.
        self.failure = error
        self.stop()
