"""Sentences that will be said today, spoken before anybody waits for them.

A call is two sentences, its number and its counter: some hundred and some dozen, while their pairs
would be tens of thousands. Spoken one at a time while the hall is quiet.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
import structlog

from display.announcement import Utterance, announce
from display.announcement_sound import AnnouncementStudio
from display.hall_words import announce_hall
from queue_service.protocol.announcing import OfficeAnnouncements
from queue_service.protocol.languages import LINGUA_FRANCA
from queue_service.protocol.stream import Call, HallState

NUMBERS_AHEAD = 120
"""Of each letter beyond the last one called: two hours of a hall that calls one a minute of each."""
MOST_AHEAD = 600
"""Numbers of all letters together, 70 MB: well below what the cache keeps, so that nothing is in vain."""
PAUSE_SECONDS = 0.2
"""Between two sentences: each takes a tenth of a second, so that a third of a core is in use at most."""
LOOK_SECONDS = 5.0
"""Between two looks for what is to be spoken next, while there is nothing."""
HALLS: tuple[HallState, ...] = ("leave", "paused", "open")

log = structlog.get_logger(__name__)


class HallAhead(msgspec.Struct, frozen=True):
    """All on which depends what is likely to be said."""

    office: OfficeAnnouncements
    called: Mapping[str, int]
    """By letter the highest number that was called."""
    language: str
    reception: bool


class SaidAhead:
    """Keeps the sentences of the next hours in the studio's cache."""

    def __init__(
        self,
        studio: AnnouncementStudio,
        hall: Callable[[], HallAhead],
        until_idle: Callable[[], Awaitable[object]],
    ) -> None:
        self._studio = studio
        self._hall = hall
        self._until_idle = until_idle

    async def run(self) -> None:
        """Speak what is missing, look again, for ever; ends only by cancellation."""
        known: HallAhead | None = None
        while True:
            hall = self._hall()
            if hall != known:
                known = hall
                await self._speak_all(hall)
            # What is called moves on by the minute: nothing hurries.
            await asyncio.sleep(LOOK_SECONDS)

    async def _speak_all(self, hall: HallAhead) -> None:
        made = 0
        for sentence in sentences_ahead(hall):
            # Calls go first; they use the same voice and the same core.
            await self._until_idle()
            if await self._studio.speak_ahead(sentence):
                made += 1
                # Leaves the core to others most of the time.
                await asyncio.sleep(PAUSE_SECONDS)
        if made:
            log.info("said_ahead", sentences=made, megabytes=round(self._studio.bytes_kept / 1024**2))


def highest_called(calls: Sequence[Call], before: Mapping[str, int]) -> dict[str, int]:
    """Give the highest number called by letter; ``before`` as it was, for what the list has lost since."""
    highest = dict(before)
    for call in calls:
        letter, digits = call.number[:1], call.number[1:]
        if digits.isascii() and digits.isdigit():
            highest[letter] = max(highest.get(letter, 0), int(digits))
    return highest


def sentences_ahead(hall: HallAhead) -> Iterator[Utterance]:
    """Give what is likely to be said: first what must never be late, then counters, then numbers.

    Numbers in the house's language; in others they are spoken when a ticket asks for them.
    """
    seen: set[Utterance] = set()
    for utterance in _utterances(hall):
        for sentence in utterance.sentences:
            if sentence not in seen:
                seen.add(sentence)
                yield sentence


def _utterances(hall: HallAhead) -> Iterator[Utterance]:
    own = hall.office.texts
    for state in HALLS:
        for wording in announce_hall(state, hall.language, own):
            yield wording.first
    numbers = _numbers(hall)
    first = next(numbers, "A001")
    for spoken in dict.fromkeys((hall.language, LINGUA_FRANCA)):
        for counter, name in hall.office.counters.items():
            yield _call_words(hall, spoken, first, counter, name)
    counter, name = next(iter(hall.office.counters.items()), ("1", {}))
    for number in numbers:
        yield _call_words(hall, hall.language, number, counter, name)


def _call_words(
    hall: HallAhead, language: str, number: str, counter: str, name: Mapping[str, str]
) -> Utterance:
    call = Call(0, number, counter, dict(name), datetime.fromtimestamp(0, UTC), language=language)
    (wording,) = announce(call, language, reception=hall.reception, own=hall.office.texts)
    return wording.first


def _numbers(hall: HallAhead) -> Iterator[str]:
    """The next numbers, the nearest of every letter first."""
    letters = sorted({*hall.office.letters, *hall.called})
    each = min(NUMBERS_AHEAD, MOST_AHEAD // max(1, len(letters)))
    for ahead in range(1, each + 1):
        for letter in letters:
            yield f"{letter}{hall.called.get(letter, 0) + ahead:0{hall.office.digits}}"
