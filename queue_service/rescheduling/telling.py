"""How somebody hears of another visit or none: by their own ways, or from an agent who rings."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from queue_service.booking.confirmations import ways_of
from queue_service.booking.model import KeptVisit
from queue_service.booking.reference import shown
from queue_service.entries.model import KeptEntryBooking
from queue_service.hotline import service as hotline
from queue_service.hotline.model import ExpectedVisit, NewCallback
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


class Named(msgspec.Struct, frozen=True):
    """What a visit is called when agents speak of it."""

    number: str
    it: str
    """With its article, at the beginning of a sentence."""
    new: str
    offer: str
    """What is to be offered when there is none any more."""
    subjects: Mapping[str, str]


APPOINTMENT = Named(
    number="Terminnummer",
    it="Der Termin",
    new="Neuer Termin: %s; er ist schon eingetragen.",
    offer="einen neuen Termin",
    subjects={"moved": "Termin verlegt", "cancelled": "Termin abgesagt"},
)
PARTY = Named(
    number="Buchungsnummer",
    it="Die Buchung",
    new="Neue Zeit: %s; die Plätze sind schon gebucht.",
    offer="eine andere Zeit",
    subjects={"moved": "Gebuchte Plätze verlegt", "cancelled": "Gebuchte Plätze abgesagt"},
)


def told_by(confirm_by: Sequence[str], now: datetime, starts_at: datetime, *, has_phone: bool) -> list[Told]:
    """Give how somebody who expects a visit at ``starts_at`` hears that it is another one or none.

    By their own ways; by telephone whoever has none, and whoever may leave home before the letter is
    there: without a number those learn it at the door. Empty: nobody can tell them.
    """
    ways: list[Told] = [way for way in ("email", "sms", "letter") if way in confirm_by]
    too_late = ways == ["letter"] and arrives_late(now, starts_at)
    if has_phone and (too_late or not ways):
        return [*ways, "call"]
    return [*ways, "door"] if too_late else ways


def time_to_tell(told: Sequence[Told]) -> timedelta:
    """Give how long before a new visit somebody who is told so has to be told of it."""
    return POST_TAKES if told and set(told) <= {"letter", "door"} else MESSAGE_TAKES


async def tell(
    conn: Connection,
    now: datetime,
    office: Office,
    before: KeptVisit,
    after: KeptVisit,
    what: Literal["moved", "cancelled"],
    reason: str,
) -> list[Told]:
    """Put on the call list whoever has to be rung, in the transaction of the change; gives all the ways.

    Their messages are written by the verb itself. ``office`` is the one that had to change the visit.
    Whoever has not been rung about an earlier change yet is rung once, about the newest.
    """
    contact = before.contact
    if contact is None:
        return []
    phone, expected = contact.phone, await _expected(conn, before)
    told = told_by(ways_of(contact), now, expected.start, has_phone=phone is not None)
    if "call" in told and phone is not None:
        first = min(expected.start, after.starts_at)
        names = await _names(conn, expected.office, after.office)
        new = NewCallback(
            authority_id=office.authority_id,
            office_id=office.id,
            name=contact.name,
            phone=phone,
            language=contact.language,
            subject=f"{_named(before).subjects[what]}: bitte anrufen",
            note=_hand_over(expected, after, what, reason, names),
            due_at=max(now, first - CALLED_BEFORE),
            reason="call_list",
            reference=before.reference,
            expected_start=before.starts_at,
            expected_office_id=before.office_id,
        )
        await hotline.add_callback(conn, now, new)
    return told


async def _expected(conn: Connection, before: KeptVisit) -> ExpectedVisit:
    """Give what the visitor believes: nobody has told them of what was changed and not rung about."""
    known = await hotline.expected_visit(conn, before.reference)
    return known or ExpectedVisit(before.starts_at, before.office, before.time_zone)


async def _names(conn: Connection, *slugs: str) -> dict[str, str]:
    """Give the names of offices by slug, as agents read them."""
    return {
        slug: (await offices.find_office(conn, slug)).setup.name[STAFF_LANGUAGE]
        for slug in sorted(set(slugs))
    }


def _named(visit: KeptVisit) -> Named:
    return PARTY if isinstance(visit, KeptEntryBooking) else APPOINTMENT


def _hand_over(
    expected: ExpectedVisit, after: KeptVisit, what: str, reason: str, names: Mapping[str, str]
) -> str:
    """Give all that the one who rings has to know."""
    former, new = _moment(expected.start, expected.time_zone), _moment(after.starts_at, after.time_zone)
    named = _named(after)
    lines = [
        f"{named.number} {shown(after.reference)}.",
        f"{named.it} am {former} ({names[expected.office]}) kann nicht stattfinden.",
    ]
    if what == "moved":
        lines += [
            named.new % f"{new} ({names[after.office]})",
            f"Bitte mitteilen. Passt das nicht: gleich {named.offer} suchen.",
        ]
    else:
        lines.append(f"Bitte mitteilen und {named.offer} anbieten.")
    if reason:
        lines.append(f"Grund, nur für uns: {reason}")
    return "\n".join(lines)


def _moment(start: datetime, time_zone: str) -> str:
    words = wording(STAFF_LANGUAGE)
    return f"{words.moment(start, time_zone, words.day)}, {words.moment(start, time_zone, words.time)}"
