"""In which order, how many together and how loud calls are said, and what becomes of those that are not."""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from display import announcer as announcing
from display.announced_calls import AnnouncedCalls, kept_announced
from display.announcement import Utterance
from display.announcement_sound import AnnouncementStudio
from display.announcer import MOST_SAID_TOGETHER, Announcer
from display.call_ledger import CALL_IS_SAID_FOR, CallLedger
from display.gong import GONG_SECONDS
from display.hall_loudness import USUAL, Loudness
from display.loudness import loudness_lufs
from display.player import Clip
from display.speech_cache import SpeechCache
from display.turns import Turns
from display.waveform import SAMPLE_RATE, Sound, from_wav
from queue_service.protocol.stream import Call, HallState
from tests.unit.test_display_loudness import tone

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SENTENCE_SECONDS = 1.0


class Beeper:
    """A voice that says every sentence in a second; a slow one waits until it may."""

    name = "beeper"

    def __init__(self) -> None:
        self.said: list[str] = []
        self.asked = asyncio.Event()
        self.may_speak = asyncio.Event()
        self.may_speak.set()

    async def speak(self, utterance: Utterance) -> Sound:
        """Beep."""
        self.asked.set()
        await self.may_speak.wait()
        self.said.append(utterance.text)
        return tone(700, -20, SAMPLE_RATE, SENTENCE_SECONDS)

    async def close(self) -> None:
        """Nothing runs."""


class Loudspeaker:
    """Plays in no time, or as long as ``over`` is not set; keeps what it played."""

    def __init__(self) -> None:
        self.played: list[Clip] = []
        self.over = asyncio.Event()
        self.over.set()
        self.heard = asyncio.Condition()

    async def play(self, clip: Clip, on_start: Callable[[], None]) -> None:
        """Note the clip."""
        on_start()
        async with self.heard:
            self.played.append(clip)
            self.heard.notify_all()
        await self.over.wait()

    async def wait_for(self, clips: int) -> Sequence[Clip]:
        async with asyncio.timeout(30), self.heard:
            await self.heard.wait_for(lambda: len(self.played) >= clips)
        return self.played


class Hall:
    """A hall with an announcer that is not under way yet."""

    def __init__(
        self, directory: Path, loudspeaker: Loudspeaker | None = None, turns: Turns | None = None
    ) -> None:
        self.loudness = USUAL
        self.state: HallState = "open"
        self.now = NOON
        self.ledger = CallLedger(AnnouncedCalls())
        self.loudspeaker, self.voice = loudspeaker or Loudspeaker(), Beeper()
        self.studio = AnnouncementStudio(self.voice, SpeechCache(directory))
        self.shown: list[str] = []
        self.announcer = Announcer(
            ledger=self.ledger,
            studio=self.studio,
            player=self.loudspeaker,
            data_dir=directory,
            language="de",
            now=lambda: self.now,
            on_change=self._note_shown,
            hall=lambda: self.state,
            reception=lambda: True,
            loudness=lambda: self.loudness,
            turns=turns,
        )

    def call(self, version: int, language: str = "de", number: str | None = None) -> None:
        number = number or f"A{version:03}"
        made = Call(version, number, "1", {"de": "Schalter 1"}, self.now, language=language)
        self.ledger.follow(made, self.now)
        self.announcer.wake()

    def _note_shown(self) -> None:
        current = self.announcer.current
        if current and (not self.shown or self.shown[-1] != current.call.number):
            self.shown.append(current.call.number)


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(announcing, "SILENCE_BETWEEN_SECONDS", 0)
    monkeypatch.setattr(announcing, "GONG_FIRST_AFTER_SECONDS", 5)
    return Hall(tmp_path)


async def listen(hall: Hall, clips: int) -> Sequence[Clip]:
    """Let the announcer speak until so many sounds were played."""
    speaking = asyncio.create_task(hall.announcer.run())
    try:
        return await hall.loudspeaker.wait_for(clips)
    finally:
        speaking.cancel()


async def test_two_calls_are_said_one_after_the_other_each_twice(hall: Hall) -> None:
    hall.call(1)
    hall.call(2)
    first, second = await listen(hall, 2)
    assert (
        first.seconds
        == second.seconds
        == pytest.approx(GONG_SECONDS + 0.3 + 4 * SENTENCE_SECONDS + 1.7, abs=0.1)
    )


async def test_many_at_once_are_said_behind_one_gong_each_once_and_in_order(hall: Hall) -> None:
    for version in range(1, 5):
        hall.call(version)
    together, *_ = await listen(hall, 1)
    numbers = [text for text in hall.voice.said if text.startswith("Nummer")]
    assert numbers == [f"Nummer A, null, null, {word}." for word in ("eins", "zwei", "drei", "vier")]
    # Four times two sentences with their pause, three pauses between the calls.
    assert together.seconds == pytest.approx(GONG_SECONDS + 0.3 + 4 * 2.35 + 3, abs=0.1)
    assert sorted(hall.ledger.announced.at) == [1, 2, 3, 4]


async def test_while_they_are_said_together_each_has_the_large_place_in_its_turn(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in range(1, 4):
        hall.call(version)
    monkeypatch.setattr(announcing, "SILENCE_BETWEEN_SECONDS", 0.75)
    waits: list[float] = []
    real_sleep = asyncio.sleep

    async def in_no_time(seconds: float) -> None:
        waits.append(seconds)
        await real_sleep(0)

    monkeypatch.setattr(asyncio, "sleep", in_no_time)
    hall.loudspeaker.over.clear()
    speaking = asyncio.create_task(hall.announcer.run())
    await hall.loudspeaker.wait_for(1)
    for _ in range(20):
        await real_sleep(0)
    assert hall.shown == ["A001", "A002", "A003"]
    # The second comes when the gong, 0.3 s and the first call with its pause are over.
    assert waits[0] == pytest.approx(GONG_SECONDS + 0.3 + 2.35 + 1, abs=0.2)
    assert 0.75 not in waits
    hall.loudspeaker.over.set()
    await hall.announcer.until_idle()
    speaking.cancel()
    assert waits[-1] == 0.75, "a silence before whatever comes next"


async def test_a_group_stays_short_also_when_every_visitor_asked_for_another_language(hall: Hall) -> None:
    for version in range(1, 9):
        hall.call(version, language="en")
    await listen(hall, 2)
    # Three calls in two languages are six utterances; then comes the next gong.
    assert MOST_SAID_TOGETHER == 6
    first_group = [text for text in hall.voice.said if text.startswith("Nummer")][:3]
    assert len(first_group) == 3
    assert hall.loudspeaker.played[0].id.startswith("1-")
    assert hall.loudspeaker.played[1].id.startswith("4-")


async def test_a_call_that_has_waited_too_long_is_not_said_but_its_successor_is(hall: Hall) -> None:
    hall.call(1)
    hall.now += CALL_IS_SAID_FOR + timedelta(seconds=1)
    hall.call(2)
    (said,) = await listen(hall, 1)
    assert said.id.startswith("2-")
    assert hall.ledger.announced.unsaid == {1: "too_old"}


async def test_the_gong_sounds_at_once_while_the_words_are_still_being_made(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "GONG_FIRST_AFTER_SECONDS", 0.01)
    hall.voice.may_speak.clear()
    hall.call(1)
    speaking = asyncio.create_task(hall.announcer.run())
    (gong,) = await hall.loudspeaker.wait_for(1)
    assert gong.seconds == pytest.approx(GONG_SECONDS, abs=0.01)
    assert hall.ledger.announced.at == {1: NOON}
    hall.voice.may_speak.set()
    _, words = await hall.loudspeaker.wait_for(2)
    speaking.cancel()
    assert words.seconds == pytest.approx(0.3 + 4 * SENTENCE_SECONDS + 1.7, abs=0.1)


async def test_a_call_is_on_the_disk_before_it_is_heard(hall: Hall, tmp_path: Path) -> None:
    hall.voice.may_speak.clear()
    hall.call(1)
    speaking = asyncio.create_task(hall.announcer.run())
    await hall.voice.asked.wait()
    # Whoever pulls the plug now cuts it short; it is not said twice.
    assert kept_announced(tmp_path).highest == 1
    speaking.cancel()


async def test_what_was_spoken_ahead_is_said_without_asking_the_voice(hall: Hall) -> None:
    for text in ("Nummer A, null, null, eins.", "Bitte zu Schalter eins."):
        assert await hall.studio.speak_ahead(Utterance("de", text))
        assert not await hall.studio.speak_ahead(Utterance("de", text))
    hall.voice.may_speak.clear()
    hall.call(1)
    (whole,) = await listen(hall, 1)
    assert whole.seconds > GONG_SECONDS + SENTENCE_SECONDS


async def test_in_quiet_hours_calls_are_shown_one_by_one_and_only_leaving_is_said(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("display.player.READING_SECONDS", 0)
    hall.loudness = Loudness(said=False, decibels=-6, why="quiet_hours")
    for version in range(1, 5):
        hall.call(version)

    speaking = asyncio.create_task(hall.announcer.run())
    async with asyncio.timeout(5):
        await hall.announcer.until_idle()
    assert hall.shown == ["A001", "A002", "A003", "A004"]
    assert hall.ledger.announced.unsaid == dict.fromkeys(range(1, 5), "quiet_hours")
    assert hall.loudspeaker.played == []
    hall.state = "leave"
    hall.announcer.wake()
    (leave,) = await hall.loudspeaker.wait_for(1)
    speaking.cancel()
    assert leave.id.startswith("hall-leave")
    assert loudness_lufs(from_wav(leave.wav)) == pytest.approx(-23, abs=2), "softer for nobody"


async def test_who_must_leave_does_not_hear_a_call_to_its_end(hall: Hall) -> None:
    hall.loudspeaker.over.clear()
    hall.call(1)
    hall.call(2)
    speaking = asyncio.create_task(hall.announcer.run())
    await hall.loudspeaker.wait_for(1)
    hall.state = "leave"
    hall.announcer.wake()
    call, leave = await hall.loudspeaker.wait_for(2)
    speaking.cancel()
    assert (call.urgent, leave.urgent) == (False, True)
    assert leave.id.startswith("hall-leave")
    assert hall.announcer.current is None
    assert hall.ledger.announced.unsaid == {2: "everybody_leaves"}


async def test_a_loud_hall_hears_gong_and_words_louder(hall: Hall) -> None:
    hall.call(1)
    (usual,) = await listen(hall, 1)
    hall.loudness = Loudness(said=True, decibels=4)
    hall.call(2)
    _, loud = await listen(hall, 2)
    louder_by = loudness_lufs(from_wav(loud.wav)) - loudness_lufs(from_wav(usual.wav))
    assert louder_by == pytest.approx(4, abs=0.1)


class House:
    """Two offices that are heard on one device."""

    def __init__(self, directory: Path, *, take_turns: bool = True) -> None:
        self.loudspeaker = Loudspeaker()
        shared = Turns()
        self.offices = []
        for name in ("ground-floor", "first-floor"):
            (directory / name).mkdir()
            turns = shared if take_turns else None
            self.offices.append(Hall(directory / name, self.loudspeaker, turns))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(announcing, "SILENCE_BETWEEN_SECONDS", 0)
    return House(tmp_path)


async def clips_of_two_offices(house: House, patience_seconds: float) -> list[str]:
    """The first office's words come late, after its gong; meanwhile the second one calls."""
    slow, quick = house.offices
    slow.voice.may_speak.clear()
    async with asyncio.TaskGroup() as running:
        saying = [running.create_task(office.announcer.run()) for office in house.offices]
        slow.call(1)
        await house.loudspeaker.wait_for(1)
        quick.call(2)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                await house.loudspeaker.wait_for(2)
        slow.voice.may_speak.set()
        await house.loudspeaker.wait_for(3)
        for task in saying:
            task.cancel()
    return [re.sub("-[0-9]+", "", clip.id) for clip in house.loudspeaker.played]


async def test_no_office_comes_between_another_ones_gong_and_its_words(house: House) -> None:
    *first, then = await clips_of_two_offices(house, patience_seconds=0.5)
    assert first == ["1-gong", "1"]
    # On a busy machine the other's words may be late as well, and its gong comes first.
    assert then in {"2", "2-gong"}


async def test_without_turns_another_office_would_come_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "SILENCE_BETWEEN_SECONDS", 0)
    house = House(tmp_path, take_turns=False)
    assert await clips_of_two_offices(house, patience_seconds=20) == ["1-gong", "2", "1"]


async def test_who_must_leave_is_told_before_another_office_has_finished(house: House) -> None:
    calling, leaving = house.offices
    house.loudspeaker.over.clear()
    async with asyncio.TaskGroup() as running:
        saying = [running.create_task(office.announcer.run()) for office in house.offices]
        calling.call(1)
        calling.call(2)
        await house.loudspeaker.wait_for(1)
        leaving.state = "leave"
        leaving.announcer.wake()
        first, second = await house.loudspeaker.wait_for(2)
        for task in saying:
            task.cancel()
    assert (first.id.partition("-")[0], second.urgent) == ("1", True)
    assert [call.version for call in calling.ledger.waiting] == [2]
