"""Who may see, and answer for, somebody who waits: whoever has the secret, and staff whom it concerns.

While a place is kept for them it is a matter of that place's office alone: its staff answer for their own
places and for nobody else's. Before that, of every office that was asked for; and who would go to any
is the telephone's concern, not that of every office in the land.
"""

from datetime import datetime

from queue_service.accounts.model import Permission
from queue_service.audit import service as audit
from queue_service.audit.model import Seen
from queue_service.booking import waiting_list
from queue_service.booking.visit_access import Wanted
from queue_service.booking.waiting_model import KeptEntry
from queue_service.platform.queries import Connection


async def lets_in(conn: Connection, now: datetime, entry: KeptEntry, wanted: Wanted) -> bool:
    """Tell whether the entry is opened to somebody; all others are told that it isn't there.

    That staff are shown its contact is noted, so this needs the transaction of the answer.
    """
    if wanted.secret is not None:
        return waiting_list.opens(entry, wanted.secret)
    concerned = await _concerned(conn, entry, wanted)
    if concerned is None:
        return False
    if entry.contact is not None:
        authority_id, office_id = concerned
        seen = [Seen(authority_id, office_id, [entry.reference])]
        await audit.note_access(conn, now, wanted.who, wanted.what, seen)
    return True


async def _concerned(conn: Connection, entry: KeptEntry, wanted: Wanted) -> tuple[int, int] | None:
    """Give (authority, office) for which somebody of the staff may act; None when there is none.

    One is enough to say who looked; somebody who would go anywhere has many.
    """
    offer = await waiting_list.open_offer(conn, entry)
    if offer is not None:
        mine = wanted.who.may(wanted.permission, offer.office_id, offer.authority_id)
        return (offer.authority_id, offer.office_id) if mine else None
    needed = wanted.permission if entry.offices else Permission.APPOINTMENT_BOOK_PHONE
    places = await waiting_list.offices_of(conn, entry)
    found = (
        (place.authority_id, place.id)
        for place in places
        if wanted.who.may(needed, place.id, place.authority_id)
    )
    return next(found, None)
