"""Many windows of many clerks, over several service processes of which one dies: who does what is drawn."""

import asyncio
import random
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from tests.integration.counter_hall import OTHER_SERVICE, SERVICE
from tests.integration.service_processes import ServiceProcess

OFFICE, ELSEWHERE = "bsc-mitte", "bsc-nord"
PAUSE_SECONDS = 0.05
MOST_TRIES = 200
MOST_SERVED = 2000
"""By one counter until nobody waits; many times what the crowd can leave."""
REFUSALS = {
    "cannot_serve", "cannot_undo", "clerk_elsewhere", "counter_not_open", "counter_taken",
    "illegal_transition", "not_your_ticket", "still_serving", "too_soon",
}  # fmt: skip
"""What a clerk may be told who crosses a colleague; anything else is a fault."""
OWN_STEPS = (
    "start",
    "start",
    "start",
    "finish",
    "finish",
    "park",
    "requeue",
    "no-show",
    "recall",
    "cancel",
    "undo",
)
POLICIES = ("head-start", "appointments-first", "strict-order", "ratio", "reserve")


class Counted(msgspec.Struct):
    """What the crowd was told."""

    asked: Tally[str]
    done: Tally[str]
    """Answers with success, by verb; each repeat of a request that got no answer is the same request."""
    refused: Tally[str]
    issued: list[str]
    """Ids."""
    unanswered: int = 0
    unavailable: int = 0


class Crowd:
    """All windows, and what they know of each other: the visitors in front of the counters."""

    def __init__(
        self,
        processes: Sequence[ServiceProcess],
        clerks: Sequence[str],
        lead: str,
        *,
        killed_after: int,
    ) -> None:
        self.processes = processes
        self.clerks = clerks
        """Tokens, the first clerk's at the first counter."""
        self.lead = lead
        self.victim = processes[0]
        """Killed with so many answers, when it is at work on dozens of others."""
        self._answers_left = killed_after
        self.told = Counted(Tally(), Tally(), Tally(), [])
        self.visitors: dict[int, str] = {}
        self.stored: list[str] = []
        self._requests = 0

    async def ask(self, method: str, path: str, body: object, token: str) -> tuple[int, dict[str, Any]]:
        """Send one request to one process after another, with one key, until it is answered for good."""
        self._requests += 1
        turn, key = self._requests, f"crowd-{self._requests}"
        for _ in range(MOST_TRIES):
            asked = self.processes[turn % len(self.processes)]
            try:
                status, answer = await asked.ask(method, path, body, key=key, token=token)
            except OSError:
                assert asked is self.victim, "only one process was killed"
                self.told.unanswered += 1
                turn += 1
                continue
            if answer.get("code") == "unavailable":
                self.told.unavailable += 1
            elif answer.get("code") != "in_progress":
                assert status < HTTPStatus.INTERNAL_SERVER_ERROR, answer
                self._answers_left -= 1
                if self._answers_left == 0:
                    self.victim.kill()
                return status, answer
            # The database has not noticed yet that the process is dead.
            await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError(f"{method} {path}: no answer")

    async def do(self, verb: str, path: str, body: object, token: str) -> dict[str, Any]:
        """Ask, and count what came of it; gives the ticket or the counter, or nothing when it was refused."""
        self.told.asked[verb] += 1
        status, answer = await self.ask("POST", f"/api/v1/{path}", body, token)
        if status >= HTTPStatus.BAD_REQUEST:
            assert answer["code"] in REFUSALS, (verb, answer)
            self.told.refused[answer["code"]] += 1
            return {}
        if status != HTTPStatus.NO_CONTENT:
            self.told.done[verb] += 1
        return answer

    async def issue(self, service: str = SERVICE) -> None:
        """Give a number at the reception."""
        made = await self.do("issue", f"offices/{OFFICE}/tickets", {"service": service}, self.lead)
        self.told.issued.append(made["id"])

    async def step(self, counter: int, verb: str, ticket: str, body: object = None) -> dict[str, Any]:
        """Let a counter's clerk do something with a ticket."""
        answer = await self.do(verb, f"tickets/{ticket}/{verb}", body, self.clerks[counter])
        if answer and verb == "park":
            self.stored.append(ticket)
        return answer

    async def call_next(self, counter: int, body: object = None) -> str | None:
        """Call, and know who is in front of the counter now."""
        answer = await self.do(
            "call", f"counters/{OFFICE}.{counter + 1}/call-next", body, self.clerks[counter]
        )
        if "ticket" not in answer:
            return None
        self.visitors[counter] = answer["ticket"]["id"]
        return self.visitors[counter]

    async def window(self, number: int, actions: int) -> None:
        """Do so much as one of the windows of a counter's clerk."""
        chance = random.Random(number)  # noqa: S311 - a repeatable hall
        counter = number % len(self.clerks)
        for _ in range(actions):
            await self._something(counter, chance)

    async def _something(self, counter: int, chance: random.Random) -> None:
        visitor, anybody = self.visitors.get(counter), chance.choice(self.told.issued)
        what: list[tuple[int, Callable[[], Any]]] = [
            (5, lambda: self.issue(chance.choice([SERVICE, OTHER_SERVICE]))),
            (
                8,
                lambda: self.call_next(
                    counter, chance.choice([None, {"current": "finish"}, {"current": "park"}])
                ),
            ),
            (12, lambda: self.step(counter, chance.choice(OWN_STEPS), visitor or anybody)),
            (2, lambda: self.step(counter, "resume", chance.choice(self.stored or [anybody]))),
            (2, lambda: self._call_chosen(counter, anybody)),
            (2, lambda: self._send(counter, visitor or anybody, chance)),
            (2, lambda: self.step(counter, "merge", anybody, {"tickets": [chance.choice(self.told.issued)]})),
            (1, lambda: self._describe(counter, anybody)),
            (2, lambda: self._counter(counter, chance)),
            (1, lambda: self._order(chance)),
        ]
        weights, actions = zip(*what, strict=True)
        await chance.choices(actions, weights)[0]()

    async def _call_chosen(self, counter: int, ticket: str) -> None:
        path = f"counters/{OFFICE}.{counter + 1}/call"
        answer = await self.do("call", path, {"ticket": ticket, "reason": "Rollstuhl"}, self.clerks[counter])
        if answer:
            self.visitors[counter] = ticket

    async def _send(self, counter: int, ticket: str, chance: random.Random) -> None:
        if chance.random() < 0.3:
            path, body = f"tickets/{ticket}/transfer", {"office": ELSEWHERE, "service": SERVICE}
            await self.do("send_on", path, body, self.clerks[counter])
            return
        to = chance.choice([{}, {"counter": str(1 + chance.randrange(len(self.clerks)))}])
        await self.step(counter, "transfer", ticket, {"service": OTHER_SERVICE, **to})

    async def _describe(self, counter: int, ticket: str) -> None:
        status, answer = await self.ask(
            "PATCH", f"/api/v1/tickets/{ticket}", {"slow_walk": True}, self.clerks[counter]
        )
        assert status == HTTPStatus.OK or answer["code"] in REFUSALS

    async def _counter(self, counter: int, chance: random.Random) -> None:
        verb, body = chance.choice([("close", {"after_visit": True}), ("open", None)])
        await self.do(
            f"counter {verb}", f"counters/{OFFICE}.{counter + 1}/{verb}", body, self.clerks[counter]
        )

    async def _order(self, chance: random.Random) -> None:
        rules = {"policy": chance.choice(POLICIES)}
        method, path = chance.choice([("PUT", "order"), ("POST", "order/preview")])
        status, answer = await self.ask(method, f"/api/v1/offices/{OFFICE}/{path}", rules, self.lead)
        assert status == HTTPStatus.OK, answer

    async def drain(self, counter: int) -> None:
        """Let a clerk serve everybody whom that counter can serve, until nobody waits for it."""
        at, token = f"counters/{OFFICE}.{counter + 1}", self.clerks[counter]
        await self.do("counter open", f"{at}/open", None, token)
        for _ in range(MOST_SERVED):
            status, answer = await self.ask("POST", f"/api/v1/{at}/call-next", {"current": "finish"}, token)
            if status == HTTPStatus.NO_CONTENT:
                return
            # Or of somebody who was called and stands in the way.
            self.told.done["call"] += status == HTTPStatus.OK
            await self.step(counter, "start", answer["ticket"]["id"])
        raise AssertionError(f"counter {counter + 1} is never done")
