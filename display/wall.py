"""The display as its pages and programs see it: the office's calls and what this display does with them."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from display.announced_calls import Unsaid
from display.announcement import NONE_OWN, OwnTexts
from display.announcer import Announcer, announcement_id
from display.call_ledger import CallLedger
from display.further_offices import FurtherOffices
from display.office_view import Link, OfficeView
from display.panel_files import PanelFiles
from display.panel_slides import Slide, slides_due
from display.player import PagePlayer
from display.settings_in_force import SettingsInForce
from display.text_feed import CallFeed, call_feed
from display.texts import Texts
from display.turns import Turns
from display.wall_state import Playing, Sight, WallState, wall_state
from queue_service.protocol.languages import base
from queue_service.protocol.stream import HallState, WaitRange


class DisplayedCall(msgspec.Struct, frozen=True):
    """One call in ``GET /api/state``."""

    id: str
    number: str
    counter: str
    counter_name: dict[str, str]
    at: datetime
    announced_at: datetime | None
    """When its sound began, by this device's clock, or its turn on the wall alone; None while it waits or if
    it had none."""
    nth: int
    version: int
    audio: str
    """Address of the announcement as WAV."""
    not_said: Unsaid | None = None
    """Why it was shown and not said."""
    pick_up: bool = False
    """Staff fetch the visitor: shown and said is the reception, not the counter."""


class DisplayState(msgspec.Struct, frozen=True):
    """Answer of ``GET /api/state``; without a connection the office's facts are those last known."""

    connected: bool
    link: Link
    version: int | None
    office: str | None
    calls: list[DisplayedCall]
    """Newest first."""
    waiting: int | None
    open_counters: int | None
    wait: WaitRange | None
    announcing: str | None
    """Id of the call that is being said."""
    to_be_said: int
    """Calls that wait for their turn to be said."""
    pages: int | None
    """Wall pages that are open; None where the sound is not the pages' business."""
    sound_blocked: bool
    hall: HallState = "open"


class Wall:
    """Puts together what the parts know; changes nothing."""

    def __init__(  # noqa: PLR0913 - the composition root is its only caller
        self,
        *,
        view: OfficeView,
        ledger: CallLedger,
        announcer: Announcer,
        pages: PagePlayer | None,
        now: Callable[[], datetime],
        texts: Texts,
        in_force: SettingsInForce,
        page_digest: Callable[[], str],
        panel_files: PanelFiles,
        further: FurtherOffices,
        turns: Turns,
        is_heard: Callable[[], bool],
        own: Callable[[], OwnTexts] = lambda: NONE_OWN,
    ) -> None:
        self._view = view
        self._ledger = ledger
        self._announcer = announcer
        self._pages = pages
        self._now = now
        self._texts = texts
        self._in_force = in_force
        self._page_digest = page_digest
        self._own = own
        self._panel_files = panel_files
        self._further = further
        self._turns = turns
        self._is_heard = is_heard

    def state(self) -> DisplayState:
        """What other programs may know."""
        snapshot = self._view.snapshot
        said_at, unsaid = self._ledger.announced.at, self._ledger.announced.unsaid
        current = self._announcer.current
        return DisplayState(
            connected=self._view.link is Link.CONNECTED,
            link=self._view.link,
            version=(snapshot.version or None) if snapshot else None,
            office=snapshot.office.slug if snapshot else None,
            calls=[
                DisplayedCall(
                    id=(name := announcement_id(call)),
                    number=call.number,
                    counter=call.counter,
                    counter_name=call.counter_name,
                    at=call.at,
                    announced_at=said_at.get(call.version),
                    nth=call.nth,
                    version=call.version,
                    audio=audio_address(name),
                    not_said=unsaid.get(call.version),
                    pick_up=call.pick_up,
                )
                for call in (snapshot.calls if snapshot else [])
            ],
            waiting=snapshot.waiting if snapshot else None,
            open_counters=snapshot.open_counters if snapshot else None,
            wait=snapshot.wait if snapshot else None,
            announcing=current.id if current else None,
            to_be_said=len(self._ledger.waiting),
            pages=self._pages.pages if self._pages else None,
            sound_blocked=self._pages.blocked if self._pages else False,
            hall=self._view.hall,
        )

    def feed(self) -> CallFeed:
        """The newest calls for boards and programs beside the screen."""
        snapshot = self._view.snapshot
        return call_feed(
            snapshot, base(self._in_force.now.language), connected=self._view.link is Link.CONNECTED
        )

    def wall_state(self) -> WallState:
        """What the page draws."""
        now = self._now()
        sight = Sight(
            snapshot=self._view.snapshot,
            connected=self._view.link is Link.CONNECTED and not self._further.lost,
            announcement=self._announcer.current,
            last_shown=self._announcer.last,
            waiting_to_be_said=self._ledger.waiting,
            sound_blocked=self._pages.blocked if self._pages else False,
            playing=self._playing(),
            page=self._page_digest(),
            code=self._view.code,
            own=self._own(),
            chosen=self._in_force.chosen,
            further=self._further.sights(),
            slides=self._slides(now),
            announcing=self._turns.taken,
        )
        return wall_state(sight, self._texts, self._in_force.now.language, now=now)

    def _slides(self, now: datetime) -> list[Slide]:
        """The information panel as it is now; a film that is not here yet is left out."""
        card, snapshot = self._in_force.card, self._view.snapshot
        if card is None or snapshot is None:
            return []
        today = now.astimezone(ZoneInfo(snapshot.office.time_zone)).date()
        return slides_due(
            card.panel,
            self._panel_files.here,
            today,
            self._in_force.now.language,
            is_heard=self._is_heard(),
        )

    async def announcement_wav(self, name: str) -> bytes | None:
        """The announcement of the call that is being said or of one that is still shown."""
        clip = self._pages.clip if self._pages else None
        if clip and clip.id == name:
            return clip.wav
        calls = self._view.snapshot.calls if self._view.snapshot else []
        call = next((call for call in calls if announcement_id(call) == name), None)
        return await self._announcer.sound_of(call) if call else None

    def _playing(self) -> Playing | None:
        if self._pages is None or self._pages.clip is None:
            return None
        clip = self._pages.clip
        return Playing(clip.id, audio_address(clip.id), self._pages.begun, clip.calls, clip.urgent)


def audio_address(name: str) -> str:
    """Where the announcement of this name is found."""
    return f"/api/announcements/{quote(name)}.wav"
