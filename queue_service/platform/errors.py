"""Every error that a caller can be answered with, one tree.

    QueueError
    ├── BadRequest              400  bad_request
    │   ├── InvalidFields       400  invalid_fields        names each field
    │   └── UnknownChoice       400  unknown_choice        a need, class, language … that doesn't exist
    ├── NotAuthenticated        401  not_authenticated
    │   └── WrongLogin          401  wrong_login
    ├── NotPermitted            403  not_permitted
    │   ├── CsrfFailed          403  csrf_failed
    │   ├── NotYourTicket       403  not_your_ticket       another counter has called it
    │   └── ProofOfWorkNeeded   403  proof_of_work_needed  missing, wrong, too old or used
    ├── NotFound                404  not_found
    │   ├── OfficeNotFound      404  office_not_found
    │   ├── ServiceNotFound     404  service_not_found
    │   ├── CounterNotFound     404  counter_not_found
    │   ├── TicketNotFound      404  ticket_not_found
    │   ├── AppointmentNotFound 404  appointment_not_found  also for a wrong secret
    │   ├── PoolNotFound        404  pool_not_found
    │   ├── WaitingEntryNotFound 404 waiting_entry_not_found  also for a wrong secret
    │   ├── CallbackNotFound    404  callback_not_found    also beyond one's own offices
    │   ├── MessageNotFound     404  message_not_found
    │   ├── EntryNotFound       404  entry_not_found
    │   ├── AlarmNotFound       404  alarm_not_found
    │   ├── HelpRequestNotFound 404  help_request_not_found
    │   ├── EntryBookingNotFound 404 entry_booking_not_found  also for a wrong secret
    │   ├── AuthorityNotFound   404  authority_not_found   in accounts.service
    │   ├── UserNotFound        404  user_not_found        in accounts.service
    │   ├── DeviceNotFound      404  device_not_found      in devices.tokens
    │   ├── CopyNotFound        404  copy_not_found        in devices.ticket_copies
    │   ├── PanelFileNotFound   404  panel_file_not_found  in panel.service
    │   ├── CallsNotPublic      404  calls_not_public      in devices.call_routes: the hall's business alone
    │   └── PairingNotFound     404  pairing_not_found     in devices.pairing: no device shows this code
    ├── MethodNotAllowed        405  method_not_allowed
    ├── Conflict                409  conflict
    │   ├── WalkInsClosed       409  walk_ins_closed       with reason and next chance
    │   ├── ServiceNotOffered   409  service_not_offered
    │   ├── IllegalTransition   409  illegal_transition    with state and what is allowed
    │   ├── TooSoon             409  too_soon              a recall or a no-show before its time
    │   ├── CannotUndo          409  cannot_undo           with the reason
    │   ├── StillServing        409  still_serving         with the ticket
    │   ├── CounterNotOpen      409  counter_not_open
    │   ├── HallClosed          409  hall_closed           with "leave" or "paused"
    │   ├── AlarmOver           409  alarm_over            nobody has to come any more
    │   ├── CounterTaken        409  counter_taken
    │   ├── ClerkElsewhere      409  clerk_elsewhere       this clerk sits at another counter
    │   ├── CannotServe         409  cannot_serve          the counter can't serve this ticket
    │   ├── ReasonRequired      409  reason_required       a choice out of turn, or of another's visitor
    │   ├── SlotTaken           409  slot_taken
    │   ├── HoldExpired         409  hold_expired
    │   ├── WrongDay            409  appointment_not_today
    │   ├── WrongOffice         409  appointment_elsewhere
    │   ├── ChangesClosed       409  changes_closed        too late to change it without staff
    │   ├── AppointmentCancelled 409 appointment_cancelled
    │   ├── AlreadyCheckedIn    409  already_checked_in
    │   ├── NothingToPrint      409  nothing_to_print      no letter waits, or somebody was faster
    │   ├── CallbackTaken       409  callback_taken        with who has it
    │   ├── TooManyBookings     409  too_many_bookings     with the limit, and where to call
    │   ├── UsernameTaken       409  username_taken        in accounts.store
    │   ├── DeviceKnown         409  device_known          in devices.pairing: it is let in, or was
    │   ├── DeviceRevoked       409  device_revoked        in devices.care
    │   ├── TokenTaken          409  token_taken           in devices.care
    │   ├── NoKiosk             409  no_kiosk              in devices.ticket_copies
    │   └── InProgress          409  in_progress           first request with this key still runs
    ├── TooLarge                413  too_large
    ├── UnsupportedMediaType    415  unsupported_media_type
    ├── IdempotencyMismatch     422  idempotency_mismatch
    ├── TooManyAttempts         429  too_many_attempts
    ├── TooManyFromAddress      429  too_many_from_address  with when the next one may, and where to call
    ├── InternalError           500  internal_error        a fault of ours
    └── Unavailable             503  unavailable           the database doesn't answer

A class's docstring is its default message. ``code`` is stable and meant for programs; extension
members (RFC 9457) go into ``extra``.
"""

from http import HTTPStatus
from typing import Any, ClassVar

from queue_service.protocol.device_api import FieldError


class QueueError(Exception):
    """The request could not be carried out."""

    code: ClassVar[str]
    status: ClassVar[HTTPStatus]

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: list[FieldError] | None = None,
        retry_after: int | None = None,
        **extra: Any,
    ) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        self.errors = errors or []
        self.retry_after = retry_after
        """Seconds after which a repeat makes sense."""
        self.extra = extra
        super().__init__(self.detail)


class BadRequest(QueueError):
    """The request is malformed."""

    code = "bad_request"
    status = HTTPStatus.BAD_REQUEST


class InvalidFields(BadRequest):
    """Some fields can't be accepted."""

    code = "invalid_fields"


class UnknownChoice(BadRequest):
    """A value is not one of those that exist."""

    code = "unknown_choice"


class NotAuthenticated(QueueError):
    """Log in first, or send a valid token."""

    code = "not_authenticated"
    status = HTTPStatus.UNAUTHORIZED


class WrongLogin(NotAuthenticated):
    """User name or password is wrong."""

    code = "wrong_login"


class NotPermitted(QueueError):
    """This account or device may not do that here."""

    code = "not_permitted"
    status = HTTPStatus.FORBIDDEN


class CsrfFailed(NotPermitted):
    """The page is out of date; load it again and repeat."""

    code = "csrf_failed"


class NotYourTicket(NotPermitted):
    """Another counter has this visitor."""

    code = "not_your_ticket"


class ProofOfWorkNeeded(NotPermitted):
    """Send the answer to a new challenge in the header Proof-Of-Work, or call 115."""

    code = "proof_of_work_needed"


class NotFound(QueueError):
    """There is nothing here."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND


class OfficeNotFound(NotFound):
    """No office has this name."""

    code = "office_not_found"


class ServiceNotFound(NotFound):
    """No service has this code."""

    code = "service_not_found"


class CounterNotFound(NotFound):
    """No counter has this id."""

    code = "counter_not_found"


class TicketNotFound(NotFound):
    """No ticket has this id."""

    code = "ticket_not_found"


class PoolNotFound(NotFound):
    """This office has no such pool."""

    code = "pool_not_found"


class AppointmentNotFound(NotFound):
    """No appointment has this reference."""

    code = "appointment_not_found"


class CallbackNotFound(NotFound):
    """No item of the call list has this id."""

    code = "callback_not_found"


class MessageNotFound(NotFound):
    """No message has this id."""

    code = "message_not_found"


class WaitingEntryNotFound(NotFound):
    """Nobody waits under this reference."""

    code = "waiting_entry_not_found"


class AlarmNotFound(NotFound):
    """There is no such alarm at this office."""

    code = "alarm_not_found"


class HelpRequestNotFound(NotFound):
    """Nobody has asked for help at this office under this id."""

    code = "help_request_not_found"


class EntryNotFound(NotFound):
    """No hour has this name."""

    code = "entry_not_found"


class EntryBookingNotFound(NotFound):
    """No booking of an hour has this reference."""

    code = "entry_booking_not_found"


class MethodNotAllowed(QueueError):
    """Nothing here is done by this method; Allow names those that do something."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class Conflict(QueueError):
    """The present state does not allow that."""

    code = "conflict"
    status = HTTPStatus.CONFLICT


class WalkInsClosed(Conflict):
    """No numbers are given out now."""

    code = "walk_ins_closed"


class ServiceNotOffered(Conflict):
    """This office does not offer the service that way."""

    code = "service_not_offered"


class IllegalTransition(Conflict):
    """The ticket's state does not allow that."""

    code = "illegal_transition"


class TooSoon(Conflict):
    """Wait a moment before this step."""

    code = "too_soon"


class CannotUndo(Conflict):
    """The last step can't be taken back."""

    code = "cannot_undo"


class StillServing(Conflict):
    """The counter still has a visitor."""

    code = "still_serving"


class CounterNotOpen(Conflict):
    """Open a counter first."""

    code = "counter_not_open"


class HallClosed(Conflict):
    """Nobody is called now: the hall is paused, or everybody leaves."""

    code = "hall_closed"


class AlarmOver(Conflict):
    """This alarm is over; nobody has to come any more."""

    code = "alarm_over"


class CounterTaken(Conflict):
    """Somebody else sits at this counter."""

    code = "counter_taken"


class ClerkElsewhere(Conflict):
    """You have opened another counter; close it first."""

    code = "clerk_elsewhere"


class CannotServe(Conflict):
    """This counter can't serve this visitor."""

    code = "cannot_serve"


class ReasonRequired(Conflict):
    """Say why this visitor is called here and now."""

    code = "reason_required"


class SlotTaken(Conflict):
    """This place has just been taken."""

    code = "slot_taken"


class HoldExpired(Conflict):
    """The place was held for a while and is free again."""

    code = "hold_expired"


class WrongDay(Conflict):
    """The appointment is on another day."""

    code = "appointment_not_today"


class WrongOffice(Conflict):
    """The appointment is at another office."""

    code = "appointment_elsewhere"


class ChangesClosed(Conflict):
    """It is too late to change this appointment here; staff can still do it."""

    code = "changes_closed"


class AppointmentCancelled(Conflict):
    """The appointment was cancelled."""

    code = "appointment_cancelled"


class AlreadyCheckedIn(Conflict):
    """This appointment has its number already."""

    code = "already_checked_in"


class CallbackTaken(Conflict):
    """Somebody else makes this call."""

    code = "callback_taken"


class TooManyBookings(Conflict):
    """As many appointments as one may book online are booked already. Cancel one, or call 115."""

    code = "too_many_bookings"


class NothingToPrint(Conflict):
    """No letter is left to print here."""

    code = "nothing_to_print"


class InProgress(Conflict):
    """The first request with this Idempotency-Key is still running."""

    code = "in_progress"


class TooLarge(QueueError):
    """The body is larger than any request needs."""

    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaType(QueueError):
    """The body must be JSON, sent as application/json."""

    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class IdempotencyMismatch(QueueError):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_mismatch"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyAttempts(QueueError):
    """Too many failed attempts; wait a while."""

    code = "too_many_attempts"
    status = HTTPStatus.TOO_MANY_REQUESTS


class TooManyFromAddress(QueueError):
    """As many places as one connection may take in an hour are taken. Try again later, or call 115."""

    code = "too_many_from_address"
    status = HTTPStatus.TOO_MANY_REQUESTS


class InternalError(QueueError):
    """The fault is ours and has been recorded."""

    code = "internal_error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class Unavailable(QueueError):
    """The service can't reach its database; try again in a moment."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
