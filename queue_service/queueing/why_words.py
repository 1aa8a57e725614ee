"""Why it was somebody's turn, in words for those who call; by language, German and English."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from queue_service.queueing.order.turn import APPOINTMENT, Bond, Rule

HOUR = 60
"""Minutes."""

_Pair = tuple[str, str]

_RULES: Mapping[Rule, _Pair] = MappingProxyType(
    {
        "wait_cap": ("Höchstwartezeit erreicht (gewartet {time})", "longest wait reached (waited {time})"),
        "promise": (
            "Termin, spätestens jetzt zugesagt (gewartet {time})",
            "appointment, promised by now (waited {time})",
        ),
        "appointment_first": (
            "Termine gehen vor (gewartet {time})",
            "appointments go first (waited {time})",
        ),
        "reserved_counter": (
            "Schalter ist gerade für diese Gruppe da (gewartet {time})",
            "counter kept for this group for now (waited {time})",
        ),
        "longest_wait": ("am längsten gewartet ({time})", "has waited longest ({time})"),
    }
)
_IN_TURNS: Mapping[bool, _Pair] = MappingProxyType(
    {
        True: ("Termine sind an der Reihe (gewartet {time})", "it is the appointments' turn (waited {time})"),
        False: (
            "Besuche ohne Termin sind an der Reihe (gewartet {time})",
            "it is the turn of visits without appointment (waited {time})",
        ),
    }
)
_HEAD_START: Mapping[str, _Pair] = MappingProxyType(
    {
        APPOINTMENT: ("Termin (gewartet {time})", "appointment (waited {time})"),
        "transferred": ("weitergeleitet (gewartet {time})", "transferred (waited {time})"),
    }
)
_PRIORITY: _Pair = ("Vorrang (gewartet {time})", "priority (waited {time})")
_CHOSEN: Mapping[bool, _Pair] = MappingProxyType(
    {
        True: (
            "ausgewählt, weil: {reason} (gewartet {time}{bonds})",
            "chosen because: {reason} (waited {time}{bonds})",
        ),
        False: ("ausgewählt (gewartet {time})", "chosen (waited {time})"),
    }
)
_BONDS: Mapping[Bond, _Pair] = MappingProxyType(
    {
        "counter": ("; war für einen anderen Schalter", "; was for another counter"),
        "clerk": ("; war für jemanden aus dem Kollegium", "; was for a colleague"),
        "team": ("; war für ein anderes Team", "; was for another team"),
    }
)


def why_words(
    rule: Rule, visitor_class: str, waited_minutes: int, reason: str = "", overridden: Sequence[Bond] = ()
) -> dict[str, str]:
    """Return what decided a call, without a full stop: it ends a sentence."""
    german, english = _pair(rule, visitor_class, reason)
    bonds = [_BONDS[bond] for bond in overridden]
    return {
        "de": german.format(
            time=_time(waited_minutes, "{hours} Std. {minutes} Min.", "{minutes} Min."),
            reason=reason,
            bonds="".join(words for words, _ in bonds),
        ),
        "en": english.format(
            time=_time(waited_minutes, "{hours} h {minutes} min", "{minutes} min"),
            reason=reason,
            bonds="".join(words for _, words in bonds),
        ),
    }


def _pair(rule: Rule, visitor_class: str, reason: str) -> _Pair:
    match rule:
        case "ratio":
            return _IN_TURNS[visitor_class == APPOINTMENT]
        case "head_start":
            return _HEAD_START.get(visitor_class, _PRIORITY)
        case "chosen":
            return _CHOSEN[bool(reason)]
        case _:
            return _RULES[rule]


def _time(minutes: int, long: str, short: str) -> str:
    return (short if minutes < HOUR else long).format(hours=minutes // HOUR, minutes=minutes % HOUR)
