"""How somebody hears of another visit or none: by their own ways, or from an agent who rings."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from queue_service.booking.confirmations import ways_of
from queue_service.booking.model import KeptAppointment
from queue_service.booking.reference import shown
from queue_service.hotline import service as hotline
from queue_service.hotline.model import NewCallback
from queue_service.notices.letters import POST_TAKES, arrives_late
from queue_service.notices.wording import wording
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.queries import Connection
from queue_service.rescheduling.model import Told

MESSAGE_TAKES = timedelta(days=1)
"""Between a message or a call and the new visit: it has to be read, and a day to be arranged anew."""
CALLED_BEFORE = timedelta(days=1)
"""How long before the former visit, or the new one when that is earlier, somebody is rung at the latest."""
STAFF_LANGUAGE = "de"
"""What agents read while they speak with the visitor."""
SUBJECTS = {"moved": "Termin verlegt", "cancelled": "Termin abgesagt"}


def told_by(confirm_by: Sequence[str], now: datetime, starts_at: datetime, *, has_phone: bool) -> list[Told]:
    """Give how somebody hears that the visit at ``starts_at`` is another one or none.

    By their own ways; by telephone whoever has none, and whoever may leave home before the letter is
    there. Empty: nobody can tell them.
    """
    ways: list[Told] = [way for way in ("email", "sms", "letter") if way in confirm_by]
    needs_call = not ways or (ways == ["letter"] and arrives_late(now, starts_at))
    return [*ways, "call"] if has_phone and needs_call else ways


def time_to_tell(told: Sequence[Told]) -> timedelta:
    """Give how long before a new visit somebody who is told so has to be told of it."""
    return POST_TAKES if list(told) == ["letter"] else MESSAGE_TAKES


async def tell(
    conn: Connection,
    now: datetime,
    office: Office,
    before: KeptAppointment,
    after: KeptAppointment,
    what: Literal["moved", "cancelled"],
    reason: str,
) -> list[Told]:
    """Put on the call list whoever has to be rung, in the transaction of the change; gives all the ways.

    Their messages are written by the verb itself. ``office`` is the one that had to change the visit.
    """
    contact = before.contact
    if contact is None:
        return []
    phone = contact.phone
    told = told_by(ways_of(contact), now, before.starts_at, has_phone=phone is not None)
    if "call" in told and phone is not None:
        first = min(before.starts_at, after.starts_at)
        new = NewCallback(
            authority_id=office.authority_id,
            office_id=office.id,
            name=contact.name,
            phone=phone,
            language=contact.language,
            subject=f"{SUBJECTS[what]}: bitte anrufen",
            note=_hand_over(before, after, what, reason, await _names(conn, before, after)),
            due_at=max(now, first - CALLED_BEFORE),
            reason="call_list",
            reference=before.reference,
        )
        await hotline.add_callback(conn, now, new)
    return told


async def _names(conn: Connection, *appointments: KeptAppointment) -> dict[str, str]:
    """Give the names of offices by slug, as agents read them."""
    slugs = sorted({kept.office for kept in appointments})
    return {slug: (await offices.find_office(conn, slug)).setup.name[STAFF_LANGUAGE] for slug in slugs}


def _hand_over(
    before: KeptAppointment, after: KeptAppointment, what: str, reason: str, names: Mapping[str, str]
) -> str:
    """Give all that the one who rings has to know."""
    lines = [
        f"Terminnummer {shown(before.reference)}.",
        f"Der Termin am {_moment(before)} ({names[before.office]}) kann nicht stattfinden.",
    ]
    if what == "moved":
        lines += [
            f"Neuer Termin: {_moment(after)} ({names[after.office]}); er ist schon eingetragen.",
            "Bitte mitteilen. Passt er nicht: gleich einen anderen suchen.",
        ]
    else:
        lines.append("Bitte mitteilen und einen neuen Termin anbieten.")
    if reason:
        lines.append(f"Grund, nur für uns: {reason}")
    return "\n".join(lines)


def _moment(kept: KeptAppointment) -> str:
    words = wording(STAFF_LANGUAGE)
    day = words.moment(kept.starts_at, kept.time_zone, words.day)
    return f"{day}, {words.moment(kept.starts_at, kept.time_zone, words.time)}"
