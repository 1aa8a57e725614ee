"""What happened to a visit reads as a sentence in each language, whatever the step."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from queue_service.queueing.lifecycle import TICKET, UNDOABLE
from queue_service.queueing.model import Happened
from queue_service.queueing.order.turn import Bond, Rule
from queue_service.queueing.timeline_words import END_OF_DAY, LANGUAGES, Names, sentences
from queue_service.queueing.why_words import why_words

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = Names(
    counters={"3": {"de": "Schalter 3", "en": "Counter 3"}, "7": {"de": "Zimmer 7", "en": "Room 7"}},
    services={"pass": {"de": "Reisepass", "en": "Passport"}, "foto": {"de": "Foto"}},
    teams={"kfz": {"de": "Fahrzeuge", "en": "Vehicles"}},
    offices={"nord": {"de": "BSC Nord", "en": "BSC Nord"}},
)
CALL = {
    "policy": "head-start", "class": "walk_in", "tier": 1, "waiting_since": "2026-11-23T10:58:00Z",
    "rank_at": "2026-11-23T10:58:00Z", "call_by": "2026-11-23T12:28:00Z",
}  # fmt: skip
VERBS = sorted({step.verb for step in TICKET.transitions} | {"issue", "describe", "undo"})


def told(verb: str, detail: dict[str, Any] | None = None, **more: Any) -> dict[str, str]:
    facts = {"state": "waiting", "counter": "3", "actor": "staff:1"} | more
    return sentences(Happened(at=NOON, verb=verb, detail=detail or {}, **facts), NAMES)


@pytest.mark.parametrize("verb", VERBS)
def test_every_step_is_one_sentence_in_every_language(verb: str) -> None:
    said = told(verb, {"undone": "park"} if verb == "undo" else None)
    assert tuple(said) == LANGUAGES
    for text in said.values():
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text
        assert "_" not in text


@pytest.mark.parametrize("verb", sorted(UNDOABLE))
def test_every_step_that_can_be_taken_back_is_named_when_it_is(verb: str) -> None:
    assert all("_" not in text for text in told("undo", {"undone": verb}).values())


@pytest.mark.parametrize(
    ("verb", "detail", "german", "english"),
    [
        (
            "call",
            CALL,
            "Aufruf an Schalter 3: am längsten gewartet (1 Std. 2 Min.).",
            "Called to Counter 3: has waited longest (1 h 2 min).",
        ),
        (
            "call",
            CALL
            | {
                "waiting_since": "2026-11-23T11:42:00Z",
                "chosen": True,
                "reason": "Eile",
                "overridden": ["team"],
            },
            "Aufruf an Schalter 3: ausgewählt, weil: Eile (gewartet 18 Min.; war für ein anderes Team).",
            "Called to Counter 3: chosen because: Eile (waited 18 min; was for another team).",
        ),
        (
            "finish",
            {"performed": [{"service": "pass", "quantity": 2}, {"service": "foto", "quantity": 1}]},
            "Beendet: 2 × Reisepass, Foto.",
            "Finished: 2 × Passport, Foto.",
        ),
        ("park", {"reason": "Formular."}, "Geparkt: Formular.", "Parked: Formular."),
        (
            "transfer",
            {"service": "pass", "counter": "7", "returns": True},
            "Weitergeleitet: Reisepass, Zimmer 7. Kommt danach zurück.",
            "Transferred: Passport, Room 7. Comes back afterwards.",
        ),
        ("transfer", {"team": "kfz"}, "Weitergeleitet: Fahrzeuge.", "Transferred: Vehicles."),
        ("transfer", {"counter": "9"}, "Weitergeleitet: Schalter 9.", "Transferred: Counter 9."),
        ("merge", {"into": "A042"}, "Mit A042 zusammengelegt.", "Joined to A042."),
        ("describe", {"joined": ["A1", "A2"]}, "Geht auch für A1, A2 weiter.", "Goes on for A1, A2, too."),
        (
            "send_on",
            {"office": "nord"},
            "An eine andere Dienststelle weitergeleitet: BSC Nord.",
            "Transferred to another office: BSC Nord.",
        ),
        (
            "requeue",
            {"too_late": True},
            "Wieder eingereiht, aber zu spät zurück: Die Wartezeit zählt neu.",
            "Back in the queue, but too late: the wait begins anew.",
        ),
    ],
)
def test_a_step_is_told_with_what_was_said_and_the_names_of_places(
    verb: str, detail: dict[str, Any], german: str, english: str
) -> None:
    assert told(verb, detail) == {"de": german, "en": english}


def test_what_the_end_of_the_day_cancels_is_told_as_that() -> None:
    assert told("cancel", actor=END_OF_DAY)["de"] == "Am Ende des Tages gestrichen."


@pytest.mark.parametrize("rule", get_args(Rule))
def test_every_rule_says_why_with_the_wait(rule: Rule) -> None:
    waited = timedelta(minutes=42) // timedelta(minutes=1)
    said = why_words(rule, "walk_in", waited, "Rollstuhl", get_args(Bond))
    assert ("42 Min." in said["de"], "42 min" in said["en"]) == (True, True)
