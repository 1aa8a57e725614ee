"""What must be true of a day that was played, however fast; pure, over its ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from queue_service.protocol.stream import Call
from queue_service.simulation.day_ledger import Ledger, MadeCall, SeenCall, Stint
from queue_service.simulation.screens import ENDED


class DisplayCheck(msgspec.Struct, frozen=True):
    """The calls that clerks made, against those that the display was told."""

    missing: list[MadeCall]
    doubles: list[SeenCall]
    strangers: list[SeenCall]
    """Seen, and made by nobody of this day."""
    out_of_order: int


def broken_invariants(ledger: Ledger, *, alone: bool) -> list[str]:
    """Return a sentence for each thing that is wrong.

    ``alone``: nobody but this day's people worked at the office, so every call must be theirs.
    """
    return [
        *ledger.findings,
        *_numbers_twice(ledger),
        *_not_ended(ledger),
        *_display(check_display(ledger.calls, ledger.seen), alone=alone),
        *(
            f"{late.ticket.number} was called before {early.ticket.number}, which was to be called first"
            for early, late in overtakes(ledger.stints)
        ),
    ]


def check_display(made: Sequence[MadeCall], seen: Sequence[SeenCall]) -> DisplayCheck:
    """Compare calls by number, counter, instant and count."""
    told = {_key(entry.call) for entry in seen}
    known = {_key(call) for call in made}
    versions: set[int] = set()
    doubles = []
    for entry in seen:
        if entry.call.version in versions:
            doubles.append(entry)
        versions.add(entry.call.version)
    order = [entry.call.version for entry in seen]
    return DisplayCheck(
        missing=[call for call in made if _key(call) not in told],
        doubles=doubles,
        strangers=[entry for entry in seen if _key(entry.call) not in known],
        out_of_order=sum(later <= earlier for earlier, later in pairwise(order)),
    )


def _key(call: Call | MadeCall) -> tuple[str, str, datetime, int]:
    return call.number, call.counter, call.at, call.nth


def _display(check: DisplayCheck, *, alone: bool) -> Iterable[str]:
    for lost in check.missing:
        yield f"the display did not see the call of {lost.number} to counter {lost.counter}"
    for entry in check.doubles:
        yield f"the display saw the call of {entry.call.number} (version {entry.call.version}) twice"
    if alone:
        for entry in check.strangers:
            call = entry.call
            yield f"the display saw a call of {call.number} to counter {call.counter} that nobody made"
    if check.out_of_order:
        yield f"the display saw {check.out_of_order} calls in another order than that of their versions"


def _numbers_twice(ledger: Ledger) -> Iterable[str]:
    count = Counter(issue.number for issue in ledger.issues.values())
    return (f"number {number} was given out {times} times" for number, times in count.items() if times > 1)


def _not_ended(ledger: Ledger) -> Iterable[str]:
    for ticket, issue in ledger.issues.items():
        if ledger.states[ticket] not in ENDED:
            yield f"{issue.number} is {ledger.states[ticket]} at the end of the day"


def overtakes(stints: Sequence[Stint]) -> list[tuple[Stint, Stint]]:
    """Return pairs (first, overtaker) that the order of calls does not allow.

    Compared are tickets of the same service and class with the same head start, for which every policy's
    order is the order of ``rank_at``, whatever the wait. The overtaken one must have been callable by any
    counter that called the other: no needs. And it must surely have been in the queue, untouched:
    there before the other's call was asked for, and its own call asked for after that was answered.
    (A ticket that a second counter is just calling is skipped, and rightly.)
    """
    alike: dict[tuple[str, str, timedelta], list[Stint]] = defaultdict(list)
    for stint in stints:
        alike[stint.ticket.service, stint.ticket.visitor_class, stint.head_start].append(stint)
    found = []
    for group in alike.values():
        for early in group:
            if early.ticket.needs:
                continue
            found += [
                (early, late)
                for late in group
                if late is not early
                and (early.ticket.rank_at, early.ticket.number) < (late.ticket.rank_at, late.ticket.number)
                and early.joined < late.sent
                and late.answered < early.sent
            ]
    return found
