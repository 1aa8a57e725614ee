"""What the wall says when it concerns the whole hall, and in which order with the calls."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from display import announcer as announcing
from display.announced_calls import AnnouncedCalls
from display.announcement_sound import AnnouncementStudio
from display.announcer import Announcer
from display.call_ledger import CallLedger
from display.hall_words import announce_hall, hall_sign
from display.player import Clip
from display.speech_cache import SpeechCache
from queue_service.protocol.stream import Call, HallState

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("house", "languages"), [("de", ["de", "en"]), ("en", ["en", "de"])])
@pytest.mark.parametrize("hall", ["paused", "leave"])
def test_it_is_shown_and_said_in_both_languages_the_houses_first(
    hall: HallState, house: str, languages: list[str]
) -> None:
    sign = hall_sign(hall, house)
    assert sign is not None
    assert [line.lang for line in sign.lines] == languages
    said = [wording.first for wording in announce_hall(hall, house)]
    assert [utterance.language for utterance in said] == languages
    assert [f"{line.title} {line.text}" for line in sign.lines] == [utterance.text for utterance in said]


def test_in_a_pause_visitors_are_told_that_their_numbers_stay_valid() -> None:
    german, _ = announce_hall("paused", "de")
    assert german.first.text == "Der Aufruf ist kurz unterbrochen. Ihre Nummer bleibt gültig."


def test_nothing_stands_over_a_hall_that_is_open() -> None:
    assert hall_sign("open", "de") is None


class Loudspeaker:
    """Plays in no time, keeps what it played, and lets the hall go on by a script."""

    def __init__(self) -> None:
        self.played: list[str] = []
        self.next: dict[str, Callable[[], None]] = {}
        self.done = asyncio.Event()

    async def play(self, clip: Clip, on_start: Callable[[], None]) -> None:
        """Note the clip; what the script has for it happens while it plays."""
        on_start()
        name = clip.id.rpartition("-")[0]
        self.played.append(name)
        self.next.pop(name, lambda: None)()


class Hall:
    """A hall whose announcer is under way."""

    def __init__(self, directory: Path) -> None:
        self.state: HallState = "open"
        self.ledger = CallLedger(AnnouncedCalls())
        self.loudspeaker = Loudspeaker()
        self.announcer = Announcer(
            ledger=self.ledger,
            studio=AnnouncementStudio(None, SpeechCache(directory)),
            player=self.loudspeaker,
            data_dir=directory,
            language="de",
            now=lambda: NOON,
            on_change=lambda: None,
            hall=lambda: self.state,
            reception=lambda: True,
        )

    def call(self, version: int) -> None:
        self.ledger.follow(Call(version, f"A{version:03}", "1", {"de": "Schalter 1"}, NOON), NOON)
        self.announcer.wake()

    def become(self, state: HallState) -> None:
        self.state = state
        self.announcer.wake()

    async def listen(self) -> list[str]:
        """Let the announcer speak until the script is over."""
        async with asyncio.timeout(5):
            speaking = asyncio.create_task(self.announcer.run())
            await self.loudspeaker.done.wait()
            speaking.cancel()
        return self.loudspeaker.played


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(announcing, "SILENCE_BETWEEN_SECONDS", 0)
    monkeypatch.setattr(announcing, "LEAVE_AGAIN_SECONDS", 0.01)
    return Hall(tmp_path)


async def test_calls_made_before_a_pause_are_said_before_it_and_the_next_after_its_end(hall: Hall) -> None:
    hall.call(1)
    hall.call(2)
    hall.become("paused")

    def goes_on() -> None:
        hall.become("open")
        hall.call(4)

    hall.loudspeaker.next = {"hall-paused": goes_on, "4": hall.loudspeaker.done.set}
    assert await hall.listen() == ["1", "2", "hall-paused", "hall-open", "4"]


async def test_everybody_is_asked_to_leave_again_and_again_and_nobody_is_sent_to_a_counter(
    hall: Hall,
) -> None:
    hall.call(1)
    hall.become("leave")
    again = iter(range(2))

    def leaves() -> None:
        if next(again, None) is None:
            hall.become("open")
        else:
            hall.loudspeaker.next["hall-leave"] = leaves

    hall.loudspeaker.next = {"hall-leave": leaves, "hall-open": hall.loudspeaker.done.set}
    assert await hall.listen() == ["hall-leave"] * 3 + ["hall-open"]
