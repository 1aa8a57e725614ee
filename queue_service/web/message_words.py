"""Messages in the words of those who look after them: what it was about, how it went, why it did not."""

from queue_service.notices.model import MessageKind, Way
from queue_service.web.languages import Texts

GATEWAY_ANSWERED = "gateway_answered_"
"""Followed by the status that the gateway for text messages answered with."""


def kind_name(kind: MessageKind, words: Texts) -> str:
    """Give what a message tells."""
    names: dict[MessageKind, str] = {
        "booked": words.gettext("Bestätigung"),
        "moved": words.gettext("Verlegung"),
        "cancelled": words.gettext("Absage"),
        "called_off": words.gettext("Absage durch uns"),
        "reminder": words.gettext("Erinnerung"),
        "offered": words.gettext("Angebot von der Warteliste"),
        "waiting_joined": words.gettext("Eintrag auf der Warteliste"),
        "displaced": words.gettext("Verlegung durch uns"),
        "alarm": words.gettext("Alarm"),
    }
    return names[kind]


def way_name(way: Way, words: Texts) -> str:
    """Give the way of a message."""
    names: dict[Way, str] = {
        "email": words.gettext("E-Mail"),
        "sms": words.gettext("SMS"),
        "letter": words.gettext("Brief"),
    }
    return names[way]


def reason(code: str | None, words: Texts) -> str:
    """Give why a message did not arrive, as far as anybody knows, by the code of its last attempt."""
    known = reasons(words)
    if code in known:
        return known[code]
    if code and code.startswith(GATEWAY_ANSWERED):
        status = code.removeprefix(GATEWAY_ANSWERED)
        sentence = words.gettext("Der SMS-Dienst hat die Nachricht nicht angenommen (%(status)s).")
        return sentence % {"status": status}
    return words.gettext("Unbekannter Grund (%(code)s).") % {"code": code or "–"}


def reasons(words: Texts) -> dict[str | None, str]:
    """Give all reasons by their codes."""
    return {
        "not_mobile": words.gettext("Die Telefonnummer gehört zu keinem Mobiltelefon."),
        "gateway_away": words.gettext("Der SMS-Dienst war nicht erreichbar."),
        "no_sms_gateway": words.gettext("Es ist kein SMS-Dienst eingerichtet."),
        "mail_server_away": words.gettext("Der E-Mail-Server war nicht erreichbar."),
        "no_mail_server": words.gettext("Es ist kein E-Mail-Server eingerichtet."),
        "no_address": words.gettext("Die E-Mail-Adresse fehlt."),
        "address_not_possible": words.gettext("An diese E-Mail-Adresse kann nicht gesendet werden."),
        "sender_refused": words.gettext("Der E-Mail-Server nimmt unsere Absenderadresse nicht an."),
        "recipient_refused": words.gettext("Der E-Mail-Server nimmt diese Empfängeradresse nicht an."),
        "recipient_refused_for_now": words.gettext(
            "Der E-Mail-Server nimmt für diese Adresse zurzeit nichts an."
        ),
        "message_refused": words.gettext("Der E-Mail-Server hat die Nachricht abgelehnt."),
        "message_refused_for_now": words.gettext("Der E-Mail-Server nimmt zurzeit nichts an."),
        "directory_not_writable": words.gettext("Das Verzeichnis für Nachrichten ist nicht beschreibbar."),
        "no_answer": words.gettext(
            "Übergeben, aber nicht bestätigt: Vielleicht ist die Nachricht angekommen."
        ),
        "sender_lost": words.gettext("Beim Senden abgebrochen: Vielleicht ist die Nachricht angekommen."),
        "fault": words.gettext("Fehler im Programm: Vielleicht ist die Nachricht angekommen."),
    }
