"""Everything that can go wrong at the kiosk, with its stable code, HTTP status and words.

    KioskError
    ├── RequestError                 what the page asked for can't be done
    │   ├── BadRequestError          400 bad_request
    │   ├── WrongHostError           421 wrong_host
    │   ├── ForeignPageError         403 foreign_page
    │   ├── UnknownTicketError       404 unknown_ticket
    │   ├── UnknownCodeError         404 appointment_not_found
    │   ├── NoVoiceError             404 no_voice
    │   └── SameIdOtherRequestError  422 idempotency_mismatch
    ├── SpeechFailedError            503 speech_failed
    ├── ServiceError                 the service did not give what was asked for
    │   ├── ServiceUnreachableError  503 service_unreachable
    │   ├── DeviceRefusedError       503 device_refused
    │   ├── ServiceAnswerError       502 service_answer_unusable
    │   └── ServiceRefusalError      status and code of the service, passed on
    └── PrinterError                 a ticket is valid but not on paper; told in ``print_reason``
        ├── PrinterUnreachableError  printer_unreachable
        ├── PrinterOutOfPaperError   printer_out_of_paper
        ├── PrinterOpenError         printer_open
        ├── PrinterStoppedError      printer_stopped
        ├── PrinterTimeoutError      printer_timeout
        ├── PrinterNotInstalledError printer_not_installed
        ├── TicketNotWritableError   ticket_not_writable
        └── TicketNotDrawableError   ticket_not_drawable

``words`` is what a person is told, in German; it is the key of its translation.
"""

from http import HTTPStatus
from typing import Any, ClassVar

from kiosk.texts import N_


class KioskError(Exception):
    """Root of the tree."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "kiosk_failed"
    words: ClassVar[str] = N_("Das hat nicht geklappt. Bitte wenden Sie sich an den Empfang.")

    def problem(self) -> dict[str, Any]:
        """Members of the RFC 9457 answer beside ``detail``."""
        title = HTTPStatus(self.status).phrase
        return {"type": "about:blank", "status": self.status, "code": self.code, "title": title}


class RequestError(KioskError):
    """What the page asked for can't be done."""


class BadRequestError(RequestError):
    """The request could not be read; ``errors`` names the fields."""

    status = 400
    code = "bad_request"
    words = N_("Die Anfrage ist unvollständig oder fehlerhaft.")

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(self.code)
        self.errors = errors

    def problem(self) -> dict[str, Any]:
        """Add the fields that could not be accepted."""
        return {**super().problem(), "errors": self.errors}


class WrongHostError(RequestError):
    """The request names another host than this device, as in a DNS rebinding attack."""

    status = 421
    code = "wrong_host"
    words = N_("Diese Adresse gehört nicht zu diesem Gerät.")


class ForeignPageError(RequestError):
    """The request comes from a page that this program did not serve."""

    status = 403
    code = "foreign_page"
    words = N_("Diese Seite darf das Gerät nicht bedienen.")


class UnknownTicketError(RequestError):
    """No ticket of this id was issued here within the time in which it can be printed again."""

    status = 404
    code = "unknown_ticket"
    words = N_("Diese Nummer kann hier nicht mehr gedruckt werden.")


class UnknownCodeError(RequestError):
    """The code can't be an appointment's: a character is wrong or two changed places."""

    status = 404
    code = "appointment_not_found"
    words = N_("Diesen Code kennen wir nicht. Bitte vergleichen Sie ihn mit Ihrer Bestätigung.")


class NoVoiceError(RequestError):
    """Nothing on this device speaks the language."""

    status = 404
    code = "no_voice"
    words = N_("In dieser Sprache kann das Gerät nicht sprechen.")


class SameIdOtherRequestError(RequestError):
    """The id belongs to a ticket that was asked for with other words."""

    status = 422
    code = "idempotency_mismatch"
    words = N_("Die Anfrage ist unvollständig oder fehlerhaft.")


class SpeechFailedError(KioskError):
    """The sentence was not said in time; the next one may be."""

    status = 503
    code = "speech_failed"
    words = N_("Das Gerät kann das gerade nicht vorlesen.")


class ServiceError(KioskError):
    """The service did not give what was asked for."""


class ServiceUnreachableError(ServiceError):
    """No answer in time: nobody knows whether the ticket exists, so the same id must be sent again."""

    status = 503
    code = "service_unreachable"
    words = N_("Die Verbindung ist unterbrochen. Bitte versuchen Sie es gleich noch einmal.")


class DeviceRefusedError(ServiceError):
    """The service does not accept this device's token."""

    status = 503
    code = "device_refused"
    words = N_("Dieses Gerät ist nicht angemeldet. Bitte wenden Sie sich an den Empfang.")


class ServiceAnswerError(ServiceError):
    """The service answered, but not in a way that this program understands."""

    status = 502
    code = "service_answer_unusable"


class ServiceRefusalError(ServiceError):
    """The service said no and why; its problem is passed on as it is."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(str(problem["code"]))
        self.answered_status = status
        self.answered = problem

    def problem(self) -> dict[str, Any]:
        """The service's own members, unknown ones included."""
        return {**self.answered, "status": self.answered_status}


class PrinterError(KioskError):
    """The ticket is valid but did not get onto paper."""

    code = "printer_failed"
    words = N_("Der Drucker druckt gerade nicht.")


class PrinterUnreachableError(PrinterError):
    """Nothing answers at the printer's address, or it hung up."""

    code = "printer_unreachable"


class PrinterOutOfPaperError(PrinterError):
    """The printer's sensor sees no paper."""

    code = "printer_out_of_paper"
    words = N_("Das Papier ist zu Ende.")


class PrinterOpenError(PrinterError):
    """The printer's lid is open."""

    code = "printer_open"


class PrinterStoppedError(PrinterError):
    """The printer or its queue has a fault or was halted by somebody."""

    code = "printer_stopped"


class PrinterTimeoutError(PrinterError):
    """The printer did not take the ticket within its deadline."""

    code = "printer_timeout"


class PrinterNotInstalledError(PrinterError):
    """This device has no printing system or no queue of that name."""

    code = "printer_not_installed"


class TicketNotWritableError(PrinterError):
    """The ticket's file could not be written."""

    code = "ticket_not_writable"


class TicketNotDrawableError(PrinterError):
    """Some fact does not fit on a page: an unknown time zone, an address too long for a QR code."""

    code = "ticket_not_drawable"
