"""What the visitor's own page says of a ticket: pure, from a ticket's state to words."""

from typing import TypeAlias

import msgspec

from queue_service.protocol.languages import in_best_language
from queue_service.queueing.model import FollowedTicket
from queue_service.web.languages import Texts

RETURN_MINUTES = 10
"""Assumed: five minutes for a slow walk of 400 m, which is what "nearby" means here, and as many for the
lift, the door and a seat."""
RETURN_PEOPLE_AHEAD = 3
"""Assumed: with numbers given up and several counters, three who are before one can be gone at once."""
ENDED = frozenset({"finished", "cancelled"})

Said: TypeAlias = tuple[str, str]
"""Words of the office and their language."""


class News(msgspec.Struct, frozen=True):
    """What the visitor is told."""

    headline: str
    place: Said | None = None
    """Where to go, as painted there."""
    range: str = ""
    advice: str = ""
    call: str = ""
    """What to do at once; stands out."""

    @property
    def urgent(self) -> bool:
        """Whether the page is to stand out, and the telephone to buzz."""
        return bool(self.place or self.call)


def should_return(ticket: FollowedTicket) -> bool:
    """Tell whether it is time to come back to the hall: few are ahead, or the wait may be over soon.

    Where nobody can say how long it takes, the people ahead decide alone.
    """
    if ticket.state != "waiting" or ticket.people_ahead is None:
        return False
    soon = ticket.wait is not None and ticket.wait.low_minutes <= RETURN_MINUTES
    return soon or ticket.people_ahead <= RETURN_PEOPLE_AHEAD


def news_of(ticket: FollowedTicket, language: str, words: Texts, reception: dict[str, str]) -> News:
    """Put a ticket's state into words; ``reception`` says where help is, by language."""
    if ticket.hall == "leave":
        return News(
            words.gettext("Bitte verlassen Sie jetzt das Gebäude."),
            advice=words.gettext("Folgen Sie dem Personal. Benutzen Sie nicht den Aufzug."),
            call=words.gettext("Es wird niemand aufgerufen."),
        )
    if ticket.state == "waiting":
        return _waiting(ticket, words)
    if ticket.state in {"called", "serving"}:
        return _at_a_counter(ticket, language, words, reception)
    return _elsewhere(ticket, words)


def _waiting(ticket: FollowedTicket, words: Texts) -> News:
    headline = people_ahead(ticket.people_ahead or 0, words)
    if ticket.hall == "paused":
        return News(
            headline,
            range=words.gettext("Der Aufruf ist kurz unterbrochen. Ihre Nummer bleibt gültig."),
            advice=words.gettext("Diese Seite sagt Ihnen, wenn es weitergeht."),
        )
    if ticket.wait_reason == "closes_before":
        advice = words.gettext(
            "Vor Ihnen warten viele, und wir schließen bald. Bitte fragen Sie am Empfang, "
            "ob sich das Warten lohnt oder ob Sie einen Termin nehmen möchten."
        )
        return News(headline, range=wait_in_words(ticket, words), advice=advice)
    if should_return(ticket):
        return News(
            headline,
            range=wait_in_words(ticket, words),
            advice=words.gettext("Wenn Sie schon hier sind: Bitte bleiben Sie im Wartebereich."),
            call=words.gettext("Bitte kommen Sie jetzt zurück."),
        )
    return News(
        headline,
        range=wait_in_words(ticket, words),
        advice=words.gettext(
            "Bitte bleiben Sie in der Nähe. Diese Seite sagt Ihnen, wann Sie zurückkommen sollen."
        ),
    )


def _at_a_counter(ticket: FollowedTicket, language: str, words: Texts, reception: dict[str, str]) -> News:
    place = in_best_language(ticket.counter_name or {}, language)
    if ticket.state == "serving":
        return News(
            words.gettext("Sie werden bedient."),
            advice=words.gettext("Bewahren Sie die Nummer auf, bis alles erledigt ist."),
        )
    if ticket.pick_up:
        return News(
            words.gettext("Sie sind dran."),
            advice=reception.get(language, ""),
            call=words.gettext("Wir holen Sie am Empfang ab."),
        )
    return News(
        words.gettext("Sie sind dran. Bitte gehen Sie zu:"),
        place=place if place[0] else (ticket.counter or "", language),
        advice=words.gettext("Wenn Sie Hilfe auf dem Weg brauchen, fragen Sie am Empfang."),
    )


def _elsewhere(ticket: FollowedTicket, words: Texts) -> News:
    if ticket.served_with:
        return News(
            words.gettext("Sie werden zusammen mit einer anderen Nummer aufgerufen: %(number)s")
            % {"number": ticket.served_with},
            advice=words.gettext("Bitte achten Sie auf diese Nummer."),
        )
    match ticket.state:
        case "parked":
            return News(
                words.gettext("Ihr Anliegen ist kurz unterbrochen."),
                advice=words.gettext("Kommen Sie zurück an den Schalter, sobald Sie so weit sind."),
            )
        case "no_show":
            return News(
                words.gettext("Ihre Nummer wurde schon aufgerufen."),
                call=words.gettext("Bitte gehen Sie zum Empfang."),
                advice=words.gettext("Sie kommen dann wieder an die Reihe."),
            )
        case "finished":
            return News(words.gettext("Ihr Besuch ist beendet."), advice=words.gettext("Auf Wiedersehen."))
        case _:
            return News(
                words.gettext("Diese Nummer gilt nicht mehr."),
                advice=words.gettext("Bitte ziehen Sie eine neue Nummer oder fragen Sie am Empfang."),
            )


def people_ahead(count: int, words: Texts) -> str:
    """Say how many are called before."""
    if count == 0:
        return words.gettext("Sie sind als Nächstes dran.")
    return words.ngettext(
        "Vor Ihnen wartet noch %(count)s Person.", "Vor Ihnen warten noch %(count)s Personen.", count
    ) % {"count": count}


def wait_in_words(ticket: FollowedTicket, words: Texts) -> str:
    """Say the range, or why there is none: in the visitor's words, not in the forecast's."""
    if ticket.wait is None:
        return _no_range(ticket.wait_reason, words)
    low, high = ticket.wait.low_minutes, ticket.wait.high_minutes
    if low == 0:
        return words.ngettext("weniger als %(high)s Minute", "weniger als %(high)s Minuten", high) % {
            "high": high
        }
    return words.ngettext(
        "etwa %(low)s bis %(high)s Minute", "etwa %(low)s bis %(high)s Minuten", high
    ) % {"low": low, "high": high}  # fmt: skip


def _no_range(reason: str | None, words: Texts) -> str:
    match reason:
        case "no_counter_open":
            return words.gettext("Wie lange es dauert, ist noch offen: Zurzeit ist kein Schalter besetzt.")
        case "nobody_serves_this":
            return words.gettext(
                "Wie lange es dauert, ist noch offen: Für Ihr Anliegen ist gerade kein Schalter besetzt."
            )
        case "closes_before":
            return words.gettext("Ob Sie heute noch an die Reihe kommen, ist ungewiss.")
        case _:
            return words.gettext("Wie lange es dauert, lässt sich gerade nicht sagen.")
