"""A lifecycle is a table: which verb takes which state to which.

Each area's table is the only place that decides what may follow what. The database holds the
same rows in ``lifecycle_transition`` and refuses everything else; a test compares both. The
diagrams in ``docs/lifecycles.md`` are drawn from here.
"""

import msgspec


class Transition(msgspec.Struct, frozen=True, order=True):
    """One allowed step."""

    state: str
    verb: str
    to: str


class Lifecycle(msgspec.Struct, frozen=True):
    """All allowed steps of one kind of thing."""

    name: str
    initial: str
    transitions: tuple[Transition, ...]

    def target(self, state: str, verb: str) -> str | None:
        """Return the state that ``verb`` leads to from ``state``; None when it is not allowed."""
        return next((step.to for step in self.transitions if (step.state, step.verb) == (state, verb)), None)

    def sources(self, verb: str) -> list[str]:
        """Return the states in which ``verb`` is allowed, in the table's order."""
        return [step.state for step in self.transitions if step.verb == verb]

    def allowed(self, state: str) -> list[str]:
        """Return the verbs that are allowed in ``state``, in the table's order."""
        return [step.verb for step in self.transitions if step.state == state]

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram."""
        ends = {step.to for step in self.transitions} - {step.state for step in self.transitions}
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {step.state} --> {step.to}: {step.verb}" for step in self.transitions]
        lines += [f"    {state} --> [*]" for state in sorted(ends)]
        return "\n".join(lines)


def table(*rows: tuple[str, str, str]) -> tuple[Transition, ...]:
    """Turn rows of (state, verb, to) into transitions."""
    return tuple(Transition(*row) for row in rows)
