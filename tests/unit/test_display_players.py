import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from display.player import (
    END_SLACK_SECONDS,
    START_WITHIN_SECONDS,
    Clip,
    DevicePlayer,
    PagePlayer,
)
from display.waveform import Sound, to_wav

TENTH = Sound.silence(0.1, 22_050)
CLIP = Clip("7-1", to_wav(TENTH), TENTH.seconds)


class Page:
    """A wall page: answers to what it is offered by the rules given, like wall.js does."""

    def __init__(self, answer: Callable[[PagePlayer, Clip], None]) -> None:
        self.player = PagePlayer(self._changed)
        self._answer = answer
        self.player.page_came()

    def _changed(self) -> None:
        if self.player.clip and not self.player.begun:
            self._answer(self.player, self.player.clip)


async def seconds_of(player: PagePlayer | DevicePlayer, clip: Clip = CLIP) -> tuple[float, float]:
    """When the clip began and when it was over, counted from the offer."""
    starts = []
    begun = time.monotonic()
    await player.play(clip, lambda: starts.append(time.monotonic() - begun))
    (start,) = starts
    return start, time.monotonic() - begun


async def test_a_page_that_plays_is_waited_for() -> None:
    def answer(player: PagePlayer, clip: Clip) -> None:
        asyncio.get_running_loop().call_later(0.05, player.page_began, clip.id)
        asyncio.get_running_loop().call_later(0.35, player.page_ended, clip.id)

    start, over = await seconds_of(Page(answer).player)
    assert 0.04 < start < over
    assert 0.34 < over < 0.1 + END_SLACK_SECONDS


async def test_without_a_page_the_time_of_the_sound_passes() -> None:
    start, over = await seconds_of(PagePlayer(lambda: None))
    assert start < 0.1
    assert 0.1 <= over < START_WITHIN_SECONDS


async def test_a_page_that_vanishes_while_it_plays_holds_nothing_up() -> None:
    page = Page(lambda player, clip: player.page_began(clip.id))
    _, over = await seconds_of(page.player)
    assert over >= 0.1 + END_SLACK_SECONDS


async def test_a_page_that_does_not_answer_is_given_up_after_a_moment() -> None:
    page = Page(lambda _player, _clip: None)
    start, over = await seconds_of(page.player)
    assert start >= START_WITHIN_SECONDS
    assert over >= START_WITHIN_SECONDS + 0.1


async def test_a_page_that_comes_late_is_not_let_begin() -> None:
    player = PagePlayer(lambda: None)
    playing = asyncio.create_task(player.play(CLIP, lambda: None))
    await asyncio.sleep(0)
    assert player.begun
    await playing


async def test_a_browser_that_blocks_sound_is_reported_and_the_time_passes() -> None:
    page = Page(lambda player, clip: player.page_failed(clip.id, "NotAllowedError"))
    start, over = await seconds_of(page.player)
    assert start <= over - 0.1
    assert over < START_WITHIN_SECONDS
    assert page.player.blocked


async def test_a_page_that_can_play_again_takes_the_block_away() -> None:
    player = Page(lambda _player, _clip: None).player
    player.page_failed("6-1", "NotAllowedError")
    player.page_began("7-1")
    assert not player.blocked


async def test_reports_of_another_clip_change_nothing() -> None:
    def answer(player: PagePlayer, clip: Clip) -> None:
        player.page_began(clip.id)
        player.page_ended("6-1")

    _, over = await seconds_of(Page(answer).player)
    assert over > END_SLACK_SECONDS


async def test_a_command_is_given_the_whole_wav(tmp_path: Path) -> None:
    target = tmp_path / "heard.wav"
    script = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
    await DevicePlayer([sys.executable, "-c", script, str(target)]).play(CLIP, lambda: None)
    assert target.read_bytes() == CLIP.wav


@pytest.mark.parametrize("command", [["no-such-sound-command"], ["false"]])
async def test_a_command_that_fails_costs_sound_but_keeps_the_time(command: list[str]) -> None:
    _, over = await seconds_of(DevicePlayer(command))
    assert over >= 0.1


async def test_a_command_that_hangs_is_ended() -> None:
    _, over = await seconds_of(DevicePlayer(["sleep", "60"]))
    assert 0.1 + END_SLACK_SECONDS <= over < 30
