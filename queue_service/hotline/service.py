"""The verbs of the call list: one short transaction each; connection and time are arguments."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from queue_service.accounts.model import Permission, Principal
from queue_service.accounts.service import AuthorityNotFound
from queue_service.audit import service as audit
from queue_service.booking import contact as contacts
from queue_service.booking import service as booking
from queue_service.booking import waiting_list
from queue_service.booking.model import Contact
from queue_service.booking.reference import shown
from queue_service.hotline import store
from queue_service.hotline.lifecycle import CALLBACK
from queue_service.hotline.model import (
    LATEST_DUE,
    Callback,
    CallbackRequest,
    CallbackState,
    CallCounts,
    CallList,
    ExpectedVisit,
    KeptCallback,
    NewCallback,
)
from queue_service.hotline.store import Move
from queue_service.offices import service as offices
from queue_service.platform.errors import (
    AppointmentNotFound,
    CallbackNotFound,
    CallbackTaken,
    IllegalTransition,
    InvalidFields,
    NotAuthenticated,
    ServiceNotFound,
)
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

RENEW = "renew"
"""Nobody can ask for it: it follows from another change of the appointment."""
STALE_AFTER = timedelta(days=14)
"""How long after it was due an item waits for somebody: a name and a number are kept no longer for it."""
OVERDUE_AT_MOST = timedelta(days=1)
"""What is due at once may be due a little earlier by the clock of whoever asks."""


async def add_callback(
    conn: Connection, now: datetime, new: NewCallback, *, user_id: int | None = None
) -> UUID:
    """Put somebody on the call list, inside the caller's transaction if there is one; gives the item's id.

    ``user_id`` is the member of staff who was asked; None: the service itself does it (a freed place to
    offer, a moved day). An open item about an earlier change of the same appointment becomes the new one,
    due as early as it was: whoever has taken it has to look again. Raises InvalidFields for a due time
    that can't be meant, ServiceNotFound.
    """
    require_due(now, new.due_at)
    callback_id = await store.add_callback(conn, now, uuid4(), new, user_id)
    if callback_id is None:
        raise ServiceNotFound
    return callback_id


async def expected_visit(conn: Connection, reference: str) -> ExpectedVisit | None:
    """Give what somebody who is still to be rung about a change believes of an appointment.

    None when nobody is to be rung. ``reference`` as it is stored; nobody finishes the call before the
    caller's transaction ends.
    """
    return await store.expected_visit(conn, reference)


async def ask_for_call(
    conn: Connection, now: datetime, who: Principal, request: CallbackRequest
) -> KeptCallback:
    """Put on the call list what an agent was asked for; gives the item.

    Raises InvalidFields, OfficeNotFound, AuthorityNotFound, AppointmentNotFound, ServiceNotFound, and
    NotPermitted for an office that isn't this agent's.
    """
    phone = contacts.checked(Contact(phone=request.phone), "online", held=True).phone
    if phone is None:
        raise InvalidFields(errors=[FieldError("phone", "This is required.")])
    authority_id, office_id, reference = await _place(conn, who, request)
    who.require(Permission.CALLBACK_HANDLE, office_id, authority_id)
    new = NewCallback(
        authority_id=authority_id,
        office_id=office_id,
        name=" ".join(request.name.split()),
        phone=phone,
        language=request.language,
        subject=" ".join(request.subject.split()),
        note=request.note.strip(),
        due_at=request.due_at,
        reason=request.reason,
        service=request.service,
        reference=reference,
    )
    callback_id = await add_callback(conn, now, new, user_id=who.user_id)
    return await find_callback(conn, who, callback_id)


async def _place(
    conn: Connection, who: Principal, request: CallbackRequest
) -> tuple[int, int | None, str | None]:
    """Give the authority, the office if it is one's, and the appointment's reference as it is stored."""
    reference = None
    if request.reference is not None:
        kept = await booking.find(conn, request.reference)
        if not who.may(Permission.APPOINTMENT_READ, kept.office_id, kept.authority_id):
            raise AppointmentNotFound
        reference = kept.reference
        if request.office is None and request.authority is None:
            return kept.authority_id, kept.office_id, reference
    if request.office is not None:
        office = await offices.find_office(conn, request.office)
        if request.authority not in {None, office.authority}:
            raise InvalidFields(errors=[FieldError("authority", "The office belongs to another one.")])
        return office.authority_id, office.id, reference
    if request.authority is not None:
        for authority in await offices.list_authorities(conn):
            if authority.slug == request.authority:
                return authority.id, None, reference
        raise AuthorityNotFound
    raise InvalidFields(errors=[FieldError("office", "Name the office or the authority that is to call.")])


async def call_list(
    conn: Connection,
    now: datetime,
    who: Principal,
    state: CallbackState,
    *,
    due_before: datetime | None,
    mine: bool,
    after: UUID | None,
    limit: int,
) -> CallList:
    """Give the items in a state that this person may handle, the most urgent first.

    ``mine`` leaves those that this person has taken. Needs the caller's transaction: that they were
    shown is noted in it.
    """
    found = await store.list_callbacks(
        conn,
        who.reach(Permission.CALLBACK_HANDLE),
        state,
        due_before=due_before,
        mine=who.user_id if mine else None,
        after=after,
        limit=limit + 1,
    )
    items = found[:limit]
    seen = [(kept.authority_id, kept.office_id, str(kept.id)) for kept in items]
    await audit.note_access(conn, now, who, "callbacks", audit.by_office(seen))
    return CallList(
        [shown_callback(kept, who) for kept in items], next=items[-1].id if len(found) > limit else None
    )


async def count_calls(conn: Connection, who: Principal) -> CallCounts:
    """Give how many calls there are for this person to make; nothing is shown that had to be noted."""
    count, mine = await store.count_callbacks(conn, who.reach(Permission.CALLBACK_HANDLE), who.user_id)
    offers = [call.offer for call in await waiting_list.to_be_rung(conn)]
    may = [who.may(Permission.APPOINTMENT_BOOK_PHONE, one.office_id, one.authority_id) for one in offers]
    return CallCounts(open=count, mine=mine, offered=sum(may))


def shown_callback(kept: KeptCallback, who: Principal) -> Callback:
    """Give an item as this person sees it."""
    return Callback(
        id=kept.id,
        state=kept.state,
        authority=kept.authority,
        office=kept.office,
        name=kept.name,
        phone=kept.phone,
        phone_shown=contacts.phone_shown(kept.phone) if kept.phone else None,
        language=kept.language,
        subject=kept.subject,
        note=kept.note,
        due_at=kept.due_at,
        reason=kept.reason,
        service=kept.service,
        reference=shown(kept.reference) if kept.reference else None,
        created_at=kept.created_at,
        taken_by=kept.taken_by_name,
        mine=kept.taken_by is not None and kept.taken_by == who.user_id,
        finished_at=kept.finished_at,
        timeline=kept.timeline,
    )


async def withdraw_callback(conn: Connection, now: datetime, callback_id: UUID, note: str) -> bool:
    """End an item that nobody needs to be called for any more, also one that somebody has taken.

    False when it had ended before: then nothing is changed. ``note`` says why, to whoever sees it.
    """
    move = _step("withdraw", user_id=None, anyones=True, note=note)
    return await store.move_callback(conn, now, callback_id, move)


async def find_callback(conn: Connection, who: Principal, callback_id: UUID) -> KeptCallback:
    """Give an item that this person may handle; raises CallbackNotFound for others' and unknown ones."""
    kept = await store.find_callback(conn, callback_id)
    if kept is None or not who.may(Permission.CALLBACK_HANDLE, kept.office_id, kept.authority_id):
        raise CallbackNotFound
    return kept


async def take(conn: Connection, now: datetime, who: Principal, callback_id: UUID) -> KeptCallback:
    """Let this person call; of two who want it at once one gets it, the other raises CallbackTaken."""
    return await _move(conn, now, who, callback_id, "take")


async def release(
    conn: Connection, now: datetime, who: Principal, callback_id: UUID, note: str = ""
) -> KeptCallback:
    """Give the item back to the others; a supervisor also that of somebody who has gone home."""
    return await _move(conn, now, who, callback_id, "release", note=note)


async def postpone(
    conn: Connection, now: datetime, who: Principal, callback_id: UUID, due_at: datetime, note: str
) -> KeptCallback:
    """Put the item off, for everybody: nobody answered, or later suits better. Raises InvalidFields."""
    require_due(now, due_at)
    return await _move(conn, now, who, callback_id, "postpone", note=note, due_at=due_at)


async def finish(
    conn: Connection, now: datetime, who: Principal, callback_id: UUID, result: str
) -> KeptCallback:
    """Note what came of the call; only whoever has taken the item can."""
    return await _move(conn, now, who, callback_id, "done", note=result)


async def forget_callbacks(conn: Connection, now: datetime) -> None:
    """Delete names, numbers and what was said from items that are over, or that nobody has come to."""
    await store.withdraw_stale(conn, now - STALE_AFTER, now)
    await store.forget_callbacks(conn, now)


def require_due(now: datetime, due_at: datetime) -> None:
    """Raise InvalidFields for a due time that nobody can mean."""
    if due_at < now - OVERDUE_AT_MOST:
        raise InvalidFields(errors=[FieldError("due_at", "This time is over.")])
    if due_at > now + LATEST_DUE:
        raise InvalidFields(errors=[FieldError("due_at", "This is more than a year ahead.")])


async def _move(
    conn: Connection,
    now: datetime,
    who: Principal,
    callback_id: UUID,
    verb: str,
    *,
    note: str = "",
    due_at: datetime | None = None,
) -> KeptCallback:
    """Take the item a step further, and give it as it is now; whoever does is shown it, which is noted.

    Needs the caller's transaction. Raises CallbackNotFound, CallbackTaken when somebody else has it,
    IllegalTransition.
    """
    if who.user_id is None:
        raise NotAuthenticated
    kept = await find_callback(conn, who, callback_id)
    anyones = verb != "done" and who.may(Permission.OFFICE_SUPERVISE, kept.office_id, kept.authority_id)
    step = _step(verb, user_id=who.user_id, anyones=anyones, note=note, due_at=due_at)
    moved = await store.move_callback(conn, now, callback_id, step)
    after = await find_callback(conn, who, callback_id)
    if not moved:
        raise _refusal(after, who)
    seen = [(after.authority_id, after.office_id, str(after.id))]
    await audit.note_access(conn, now, who, "callback", audit.by_office(seen))
    return after


def _refusal(kept: KeptCallback, who: Principal) -> CallbackTaken | IllegalTransition:
    if kept.state == "taken" and kept.taken_by != who.user_id:
        return CallbackTaken(taken_by=kept.taken_by_name)
    return IllegalTransition(
        "The item's state does not allow that.",
        state=kept.state,
        allowed=[verb for verb in CALLBACK.allowed(kept.state) if verb != RENEW],
    )


def _step(
    verb: str, *, user_id: int | None, anyones: bool, note: str = "", due_at: datetime | None = None
) -> Move:
    """Give the step that the lifecycle has for this verb: all its sources lead to one state."""
    sources = CALLBACK.sources(verb)
    to_state = CALLBACK.target(sources[0], verb)
    return Move(
        verb=verb,
        from_states=sources,
        to_state=to_state,
        user_id=user_id,
        anyones=anyones,
        note=note,
        due_at=due_at,
    )
