"""What must hold of everything that was written down about visits, from the first number to the last step."""

from itertools import groupby

import msgspec

from queue_service.platform.queries import Connection
from queue_service.queueing.hall import ChangeBody
from queue_service.queueing.lifecycle import AT_COUNTER, TICKET, TICKET_UNDO, UNDOABLE
from queue_service.queueing.model import Ticket

_body = msgspec.json.Decoder(ChangeBody).decode


async def broken_histories(conn: Connection) -> list[str]:
    """Return a sentence for each step that no lifecycle allows, each gap of a feed and each double call."""
    return [*await illegal_timelines(conn), *await gaps(conn), *await crowded_counters(conn)]


async def illegal_timelines(conn: Connection) -> list[str]:
    """Follow every visit from its number on, step by step."""
    rows = await conn.fetch(
        """
        SELECT ticket_id::text AS ticket, verb, to_state, detail ->> 'undone' AS undone
          FROM ticket_event ORDER BY ticket_id, seq
        """
    )
    faults = []
    for ticket, steps in groupby(rows, key=lambda row: row["ticket"]):
        state: str | None = None
        for step in steps:
            if not _leads(state, step["verb"], step["to_state"], step["undone"]):
                faults.append(f"ticket {ticket} was {state}, then came {step['verb']} to {step['to_state']}")
            state = step["to_state"]
    return faults


def _leads(state: str | None, verb: str, to: str, undone: str | None) -> bool:
    """Tell whether the step is one that the lifecycle has, from there to there."""
    if state is None or verb == "issue":
        return (state, verb, to) == (None, "issue", TICKET.initial)
    if verb in {"describe", "copy"}:
        return to == state
    if verb == "undo":
        # A transfer from one list to another leaves the state as it was, and so does its way back.
        same = to == state and undone in UNDOABLE and TICKET.target(state, undone) == state
        return same or any((s.state, s.verb, s.to) == (state, undone, to) for s in TICKET_UNDO.transitions)
    return TICKET.target(state, verb) == to


async def gaps(conn: Connection) -> list[str]:
    """Find versions that no reader could wait for: missing ones, and an office's that is not its last."""
    rows = await conn.fetch(
        """
        SELECT o.slug, v.version, coalesce(array_agg(c.version ORDER BY c.version)
                                           FILTER (WHERE c.version IS NOT NULL), '{}') AS told
          FROM office o JOIN office_version v ON v.office_id = o.id
          LEFT JOIN change c ON c.office_id = o.id
         GROUP BY o.slug, v.version
        """
    )
    return [
        f"{row['slug']} is at version {row['version']}, its feed has {row['told'][:1]} to {row['told'][-1:]}"
        for row in rows
        if row["told"] != list(range(row["version"] - len(row["told"]) + 1, row["version"] + 1))
    ]


async def crowded_counters(conn: Connection) -> list[str]:
    """Read the feeds as screens do: at no version has a counter two visitors, or a visitor two counters."""
    rows = await conn.fetch("SELECT office_id, version, body::text FROM change ORDER BY office_id, version")
    faults, at = [], dict[str, Ticket]()
    for row in rows:
        ticket = _body(row["body"]).ticket
        if ticket is None:
            continue
        before = {counter for counter, visitor in at.items() if visitor.id == ticket.id}
        if ticket.state not in AT_COUNTER or ticket.counter is None:
            for counter in before:
                del at[counter]
            continue
        if before - {ticket.counter} or at.get(ticket.counter, ticket).id != ticket.id:
            faults.append(f"version {row['version']}: {ticket.number} at {ticket.counter} and {before}")
        at[ticket.counter] = ticket
    return faults
