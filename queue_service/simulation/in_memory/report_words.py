"""The report's German: names of policies and classes, and figures as they are written."""

from collections.abc import Mapping
from datetime import date

from queue_service.offices.setup_model import OrderPolicyName, OrderSetup, VisitorClass
from queue_service.queueing.order.turn import APPOINTMENT
from queue_service.simulation.in_memory.figures import ALL, LATE

POLICY_NAMES: Mapping[OrderPolicyName, str] = {
    "head-start": "Mit Vorsprung",
    "appointments-first": "Termine zuerst",
    "strict-order": "Strenge Folge",
    "ratio": "Im Wechsel",
    "reserve": "Freigehaltene Schalter",
}
CLASS_NAMES: Mapping[str, str] = {
    APPOINTMENT: "Mit Termin, pünktlich",
    LATE: "Mit Termin, zu spät",
    "walk_in": "Ohne Termin",
    "small_children": "Mit kleinen Kindern",
    "disabled": "Mit Schwerbehinderung",
    "pregnant": "Schwangere",
    "transferred": "Weitergeleitet",
    ALL: "Alle",
}
CLASSES_WITH_PRIORITY: tuple[VisitorClass, ...] = ("small_children", "disabled", "pregnant")
MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)


def policy_rule(policy: OrderPolicyName, rules: OrderSetup) -> str:
    """Say in a sentence whom a policy calls."""
    return {
        "head-start": f"Wer am längsten wartet, kommt zuerst.{_head_starts(rules)}",
        "appointments-first": "Alle mit Termin vor allen ohne.",
        "strict-order": "Wer am längsten wartet, kommt zuerst, ohne Ausnahme.",
        "ratio": f"{rules.appointments} mit Termin, dann {rules.walk_ins} ohne, immer reihum.",
        "reserve": f"Wie „Mit Vorsprung“; bei Andrang rufen {rules.reserved_percent} von 100 Schaltern "
        f"zuerst diese Gruppe auf: {CLASS_NAMES[rules.reserved_class]}.",
    }[policy]


def _head_starts(rules: OrderSetup) -> str:
    others = [minutes for name, minutes in rules.head_starts.items() if name in CLASSES_WITH_PRIORITY]
    said = []
    if appointment := rules.head_starts.get("appointment", 0):
        said.append(f"ein Termin wie {appointment} Minuten Wartezeit")
    if others:
        least, most = min(others), max(others)
        said.append(f"Vorrang wie {least}" + (f" bis {most} Minuten" if most > least else " Minuten"))
    return f" Dabei zählt {', '.join(said)}." if said else ""


def written(number: float, digits: int = 0) -> str:
    """Write a number with a decimal comma and points between thousands."""
    return f"{number:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def percent(share: float) -> str:
    """Write a share with one decimal place; what isn't all is never rounded up to all."""
    shown = min(round(share * 100, 1), 99.9) if share < 1 else 100.0
    return f"{written(shown, 1)} %"


def minutes(value: float) -> str:
    """Write whole minutes."""
    return f"{written(value)} min"


def day(value: date) -> str:
    """Write a date."""
    return f"{value.day}. {MONTHS[value.month - 1]} {value.year}"
