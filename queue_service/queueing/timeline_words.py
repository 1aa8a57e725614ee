"""What happened to a visit, one sentence a step, for those who work at the counters.

Pure. By language, German and English. Nobody of the staff is named.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from queue_service.queueing.model import Happened
from queue_service.queueing.order.turn import CallFacts
from queue_service.queueing.order_policy import explain

END_OF_DAY = "service:end_of_day"
"""Who cancels what nobody will come back for."""
ByLanguage = Mapping[str, str]


class Names(msgspec.Struct, frozen=True):
    """What a visitor would read instead of numbers and codes, by language; what is missing stays a code."""

    counters: Mapping[str, ByLanguage] = {}
    """By number."""
    services: Mapping[str, ByLanguage] = {}
    teams: Mapping[str, ByLanguage] = {}
    offices: Mapping[str, ByLanguage] = {}


_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "de": {
            "issue": "Nummer ausgegeben.",
            "issue_outage": "Nummer während einer Störung ausgegeben.",
            "renumber": "Nummer vom Papier übernommen, zuvor {number}.",
            "call": "Aufruf an {counter}.",
            "call_why": "Aufruf an {counter}: {why}.",
            "recall": "Erneuter Aufruf an {counter}.",
            "start": "Begonnen an {counter}.",
            "resume": "Fortgesetzt an {counter}.",
            "finish": "Beendet.",
            "finish_done": "Beendet: {done}.",
            "continue": "Erledigt: {done}. Wartet auf das Nächste.",
            "no_show": "Nicht erschienen.",
            "park": "Geparkt.",
            "park_reason": "Geparkt: {reason}.",
            "requeue": "Wieder eingereiht, die Wartezeit zählt weiter.",
            "requeue_too_late": "Wieder eingereiht, aber zu spät zurück: Die Wartezeit zählt neu.",
            "transfer": "An eine bestimmte Person weitergeleitet.",
            "transfer_to": "Weitergeleitet: {target}.",
            "returns": " Kommt danach zurück.",
            "cancel": "Gestrichen.",
            "cancel_end_of_day": "Am Ende des Tages gestrichen.",
            "merge": "Mit {into} zusammengelegt.",
            "send_on": "An eine andere Dienststelle weitergeleitet: {office}.",
            "describe": "Angaben geändert.",
            "copy": "Noch einmal gedruckt.",
            "describe_joined": "Geht auch für {joined} weiter.",
            "undo": "Zurückgenommen: {step}.",
            "undo_start": "Beginn",
            "undo_finish": "Ende",
            "undo_continue": "Ende",
            "undo_no_show": "nicht erschienen",
            "undo_park": "Parken",
            "undo_resume": "Fortsetzen",
            "undo_transfer": "Weiterleiten",
            "undo_requeue": "Einreihen",
            "undo_cancel": "Streichen",
            "counter": "Schalter {number}",
        },
        "en": {
            "issue": "Number given out.",
            "issue_outage": "Number given out during an outage.",
            "renumber": "Number taken from the paper; it was {number}.",
            "call": "Called to {counter}.",
            "call_why": "Called to {counter}: {why}.",
            "recall": "Called again to {counter}.",
            "start": "Started at {counter}.",
            "resume": "Resumed at {counter}.",
            "finish": "Finished.",
            "finish_done": "Finished: {done}.",
            "continue": "Done: {done}. Waiting for what comes next.",
            "no_show": "Did not come.",
            "park": "Parked.",
            "park_reason": "Parked: {reason}.",
            "requeue": "Back in the queue, with the wait so far.",
            "requeue_too_late": "Back in the queue, but too late: the wait begins anew.",
            "transfer": "Transferred to one particular person.",
            "transfer_to": "Transferred: {target}.",
            "returns": " Comes back afterwards.",
            "cancel": "Cancelled.",
            "cancel_end_of_day": "Cancelled at the end of the day.",
            "merge": "Joined to {into}.",
            "send_on": "Transferred to another office: {office}.",
            "describe": "Details changed.",
            "copy": "Printed again.",
            "describe_joined": "Goes on for {joined}, too.",
            "undo": "Taken back: {step}.",
            "undo_start": "start",
            "undo_finish": "finish",
            "undo_continue": "finish",
            "undo_no_show": "did not come",
            "undo_park": "park",
            "undo_resume": "resume",
            "undo_transfer": "transfer",
            "undo_requeue": "back to the queue",
            "undo_cancel": "cancel",
            "counter": "Counter {number}",
        },
    }
)
LANGUAGES = tuple(_WORDS)
_SAID_MORE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "issue": ("handed_in_at", "issue_outage"),
        "call": ("call_by", "call_why"),
        "finish": ("performed", "finish_done"),
        "park": ("reason", "park_reason"),
        "requeue": ("too_late", "requeue_too_late"),
        "describe": ("joined", "describe_joined"),
    }
)
"""Steps that say more when this stands in their detail, and how."""


def sentences(step: Happened, names: Names) -> dict[str, str]:
    """Return one step of a visit as a sentence in each language."""
    return {language: _Speaker(language, names).sentence(step) for language in LANGUAGES}


class _Speaker:
    """One language."""

    def __init__(self, language: str, names: Names) -> None:
        self._language = language
        self._names = names
        self._words = _WORDS[language]

    def sentence(self, step: Happened) -> str:
        """Say what happened."""
        if step.verb == "transfer":
            return self._transfer(step.detail)
        if step.verb == "cancel" and step.actor == END_OF_DAY:
            return self._words["cancel_end_of_day"]
        said, template = _SAID_MORE.get(step.verb, ("", ""))
        words = self._words[template if step.detail.get(said) else step.verb]
        return words.format_map(self._values(step))

    def _values(self, step: Happened) -> dict[str, str]:
        detail = step.detail
        return {
            "counter": self._counter(step.counter),
            "why": self._why(detail, step.at) if step.verb == "call" and "call_by" in detail else "",
            "done": self._done(detail.get("performed", ())),
            "reason": (detail.get("reason") or "").rstrip(". "),
            "into": detail.get("into", ""),
            "number": detail.get("number", ""),
            "joined": ", ".join(detail.get("joined", ())),
            "office": self._named(self._names.offices, detail.get("office", "")),
            "step": self._words.get(f"undo_{detail.get('undone')}", ""),
        }

    def _why(self, facts: dict[str, Any], at: datetime) -> str:
        return explain(msgspec.convert(facts, CallFacts), at).text[self._language]

    def _transfer(self, detail: dict[str, Any]) -> str:
        targets = [
            self._named(self._names.services, detail["service"]) if "service" in detail else "",
            self._counter(detail["counter"]) if "counter" in detail else "",
            self._named(self._names.teams, detail["team"]) if "team" in detail else "",
        ]
        target = ", ".join(filter(None, targets))
        said = self._words["transfer_to"].format(target=target) if target else self._words["transfer"]
        return said + (self._words["returns"] if detail.get("returns") else "")

    def _done(self, performed: Iterable[dict[str, Any]]) -> str:
        return ", ".join(
            (f"{item['quantity']} × " if item["quantity"] > 1 else "")
            + self._named(self._names.services, item["service"])
            for item in performed
        )

    def _counter(self, number: str | None) -> str:
        named = self._named(self._names.counters, number or "")
        return self._words["counter"].format(number=named) if named == number else named

    def _named(self, names: Mapping[str, ByLanguage], code: str) -> str:
        by_language = names.get(code, {})
        return by_language.get(self._language) or by_language.get("de") or code
