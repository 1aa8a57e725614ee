"""What citizens are told when the service refuses something: what happened, and what to do now.

The refusals that a page can meet are those of the verbs it calls; a code that is not known here,
because a later version made it, still gets a sentence that is true.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from queue_service.booking.contact import Fault
from queue_service.booking.model import WhyNone
from queue_service.platform.errors import InvalidFields, QueueError
from queue_service.web.dates_in_words import day_in_words, time_in_words
from queue_service.web.languages import Texts

SECONDS_A_MINUTE = 60


def refusal_in_words(error: QueueError, words: Texts) -> str:
    """Give the sentence for a refusal, with how long to wait where that is known."""
    sentence = refused_in_words(error.code, words)
    return f"{sentence} {_wait(error.retry_after, words)}" if error.retry_after else sentence


def refused_in_words(code: str, words: Texts) -> str:
    """Give the sentence for a refusal of which only the code is known."""
    return _SENTENCES.get(code, _not_now)(words)


def _not_now(words: Texts) -> str:
    return words.gettext(
        "Das geht gerade nicht. Bitte versuchen Sie es noch einmal oder rufen Sie die 115 an."
    )


_SENTENCES: Mapping[str, Callable[[Texts], str]] = {
    "slot_taken": lambda words: words.gettext(
        "Dieser Termin wurde gerade vergeben. Bitte wählen Sie einen anderen."
    ),
    "service_not_offered": lambda words: words.gettext(
        "Dieser Standort bietet Ihr Anliegen nicht mehr mit Termin an. Bitte wählen Sie einen anderen."
    ),
    "service_not_found": lambda words: words.gettext(
        "Eines Ihrer Anliegen wird nicht mehr angeboten. Bitte wählen Sie noch einmal."
    ),
    "office_not_found": lambda words: words.gettext(
        "Diesen Standort gibt es nicht mehr. Bitte wählen Sie einen anderen."
    ),
    "too_many_bookings": lambda words: words.gettext(
        "Es sind schon so viele Termine vereinbart, wie auf einmal möglich sind. Sagen Sie einen davon ab"
        " oder rufen Sie die 115 an, wenn Sie mehr brauchen."
    ),
    "too_many_from_address": lambda words: words.gettext(
        "Von diesem Internetanschluss wurden in der letzten Stunde schon sehr viele Termine reserviert. Bitte"
        " versuchen Sie es später noch einmal oder rufen Sie die 115 an."
    ),
    "proof_of_work_needed": lambda words: words.gettext(
        "Bitte wählen Sie noch einmal. Geht es wieder nicht, rufen Sie bitte die 115 an."
    ),
    "too_many_attempts": lambda words: words.gettext("Das waren zu viele Versuche hintereinander."),
    "changes_closed": lambda words: words.gettext(
        "So kurz vorher lässt sich der Termin hier nicht mehr ändern. Bitte rufen Sie die 115 an."
    ),
    "already_checked_in": lambda words: words.gettext(
        "Sie sind vor Ort schon angemeldet. Bitte wenden Sie sich an den Empfang."
    ),
    "illegal_transition": lambda words: words.gettext(
        "Der Termin hat inzwischen einen anderen Stand. Bitte sehen Sie ihn sich noch einmal an."
    ),
    "appointment_cancelled": lambda words: words.gettext("Dieser Termin ist abgesagt."),
    "hold_expired": lambda words: words.gettext("Die Reservierung ist abgelaufen."),
    "in_progress": lambda words: words.gettext(
        "Der erste Versuch läuft noch. Bitte warten Sie einen Augenblick."
    ),
    "invalid_fields": lambda words: words.gettext(
        "Dieser Termin ist so nicht möglich. Bitte wählen Sie neu."
    ),
}


def _wait(seconds: int, words: Texts) -> str:
    minutes = -(-seconds // SECONDS_A_MINUTE)
    return words.ngettext(
        "Bitte warten Sie eine Minute.", "Bitte warten Sie %(minutes)s Minuten.", minutes
    ) % {"minutes": minutes}


def contact_mistakes(refused: InvalidFields, words: Texts) -> dict[str, str]:
    """Give a sentence for each faulty field of a contact, by the field's name in the form."""
    faults: Mapping[str, str] = refused.extra.get("faults", {})
    return {field.removeprefix("contact."): _FAULTS[Fault(fault)](words) for field, fault in faults.items()}


_FAULTS: Mapping[Fault, Callable[[Texts], str]] = {
    Fault.NAME_MISSING: lambda words: words.gettext("Bitte geben Sie Ihren Namen an."),
    Fault.PHONE_NOT_A_NUMBER: lambda words: words.gettext(
        "Das ist keine Telefonnummer. So sieht eine aus: 0151 23456789."
    ),
    Fault.PHONE_WITHOUT_AREA_CODE: lambda words: words.gettext(
        "Die Vorwahl fehlt. So sieht eine Nummer aus: 0151 23456789."
    ),
    Fault.PHONE_TOO_SHORT: lambda words: words.gettext(
        "Diese Nummer ist zu kurz. So sieht eine aus: 0151 23456789."
    ),
    Fault.PHONE_TOO_LONG: lambda words: words.gettext("Diese Telefonnummer ist zu lang."),
    Fault.PHONE_UNKNOWN: lambda words: words.gettext(
        "Diese Nummer gibt es nicht. Eine aus dem Ausland beginnt mit + und der Landesvorwahl."
    ),
    Fault.PHONE_NOT_MOBILE: lambda words: words.gettext(
        "Eine SMS geht nur an eine Handynummer. Bitte geben Sie eine an oder wählen Sie einen anderen Weg."
    ),
    Fault.PHONE_MISSING: lambda words: words.gettext("Für eine SMS brauchen wir Ihre Handynummer."),
    Fault.EMAIL_NOT_AN_ADDRESS: lambda words: words.gettext(
        "Das ist keine E-Mail-Adresse. So sieht eine aus: name@beispiel.de."
    ),
    Fault.EMAIL_MISSING: lambda words: words.gettext("Für eine E-Mail brauchen wir Ihre Adresse."),
    Fault.POSTAL_ADDRESS_MISSING: lambda words: words.gettext("Für einen Brief brauchen wir Ihre Anschrift."),
    Fault.REMINDER_WITHOUT_WAY: lambda words: words.gettext(
        "Für eine Erinnerung brauchen wir eine E-Mail-Adresse oder Handynummer."
    ),
    Fault.NONE_AND_OTHERS: lambda words: words.gettext("Bitte wählen Sie einen Weg."),
}


def why_none_in_words(why: WhyNone, words: Texts) -> str:
    """Say why there is no place."""
    return _REASONS.get(why.code, _REASONS["full"])(words)


_REASONS: Mapping[str, Callable[[Texts], str]] = {
    "no_such_dates": lambda words: words.gettext("Der gewünschte Tag liegt in der Vergangenheit."),
    "not_offered": lambda words: words.gettext(
        "Kein Standort erledigt alles zusammen in einem Termin. Einzeln gibt es vielleicht Termine."
    ),
    "beyond_horizon": lambda words: words.gettext("So weit im Voraus vergeben wir noch keine Termine."),
    "closed": lambda words: words.gettext("In dieser Zeit ist geschlossen."),
    "too_long": lambda words: words.gettext(
        "Für so viel auf einmal ist keine Zeit am Stück frei. Weniger Anliegen auf einmal passen vielleicht."
    ),
    "full": lambda words: words.gettext("In dieser Zeit sind alle Termine vergeben."),
    "contingent_used_up": lambda words: words.gettext(
        "Die Termine, die wir im Internet vergeben, sind in dieser Zeit vergeben. Am Telefon und vor Ort"
        " gibt es vielleicht noch welche."
    ),
    "not_released": lambda words: words.gettext("Die Termine dieser Tage sind noch nicht freigegeben."),
}


def next_release_in_words(at: datetime, zone: str, language: str, words: Texts) -> str:
    """Say when the next places are opened for booking; ``at`` is aware."""
    return words.gettext("Neue Termine gibt es am %(day)s ab %(time)s.") % {
        "day": day_in_words(at.date(), language),
        "time": time_in_words(at, zone, words),
    }
