"""Who may see and change a visit, an appointment or a party's hour: whoever has its secret, and its staff."""

from datetime import datetime

import msgspec

from queue_service.accounts.model import Permission, Principal
from queue_service.audit import service as audit
from queue_service.audit.model import AccessKind, Seen
from queue_service.booking import visitor_secret
from queue_service.booking.model import KeptVisit
from queue_service.platform.queries import Connection


class Wanted(msgspec.Struct, frozen=True):
    """Who wants to do what, and by which secret or right."""

    who: Principal
    what: AccessKind
    permission: Permission
    """Of staff, at the visit's office."""
    secret: str | None
    """As it was sent: whoever sends one is its visitor, right or wrong."""


def opens(visit: KeptVisit, secret: str) -> bool:
    """Tell, in a time that doesn't depend on the answer, whether this is the visit's secret."""
    return visitor_secret.opens(secret, [visit.secret_hash, *visit.link_hashes])


async def lets_in(conn: Connection, now: datetime, visit: KeptVisit, wanted: Wanted) -> bool:
    """Tell whether the visit is opened to somebody; all others are told that it isn't there.

    That staff are shown its contact is noted, so this needs the transaction of the answer.
    """
    if wanted.secret is not None:
        return opens(visit, wanted.secret)
    if not wanted.who.may(wanted.permission, visit.office_id, visit.authority_id):
        return False
    if visit.contact is not None:
        seen = [Seen(visit.authority_id, visit.office_id, [visit.reference])]
        await audit.note_access(conn, now, wanted.who, wanted.what, seen)
    return True
