"""The form in which notices are written, by us and by an authority that wants its own words.

A text is lines. An empty line ends a paragraph, a line that begins with ``- `` is an item of a list.
The first line of an e-mail or letter is its subject; a text message has none. Placeholders such as
``{day}`` stand for facts. A line with a fact that isn't known is left out: ``- online: {link}``
where there is no link. ``{appointment}``, ``{services}`` and the parts (``{change}`` …) stand
alone in their line.
"""

import re
from collections.abc import Iterator, Mapping

from queue_service.notices.model import Kind, Way
from queue_service.platform.errors import InvalidFields
from queue_service.protocol.device_api import FieldError

PLACEHOLDER = re.compile(r"\{(\w+)\}")
STRAY_BRACE = re.compile(r"[{}]")
ITEM = "- "
BLOCKS = ("appointment", "services")
"""Facts that are drawn as a table rather than said in a sentence."""
PARTS = ("change", "answer", "book_again", "closing", "check_in")
"""Standard words about how to reach us and what to do on arrival, in the language of the text."""
WITHOUT_TIME = ("greeting", "authority", "office", "street", "place", "city", "reference")
"""What every notice knows."""
SURE = ("greeting", "authority", "office", "street", "place", "city", "day", "short_day", "time", "reference")
"""What every notice about a visit knows."""
MAYBE = ("spelled", "phone", "link", "site", "persons")
PREVIOUS = ("previous_day", "previous_short_day", "previous_time")
ANSWERED = ("respond_by", "short_respond_by")
WHY = ("reason",)
WAITED_FOR = ("last_day",)
KINDS_THAT_MOVE: tuple[Kind, ...] = ("moved", "displaced")
KINDS_TO_ANSWER: tuple[Kind, ...] = ("offered",)
KINDS_BY_OFFICE: tuple[Kind, ...] = ("called_off", "displaced")
KINDS_OF_WAITING: tuple[Kind, ...] = ("waiting_joined",)
"""There is no visit yet, and so nothing to say of when and where."""
DISCREET_SUBJECT = ("authority", "city", "day", "short_day", "time", "reference")
"""What the subject of an e-mail may say, which others see too: not which office, and so what about."""
NEVER_LEFT_OUT = ("day", "short_day", "time", "reference", *ANSWERED)
"""A text message rather becomes two than lose when, the code, and until when."""
LONGEST_TEXT = 5000
"""Characters; the longest standard text has about 900."""


def placeholders(kind: Kind, way: Way) -> list[str]:
    """Give what a text may use."""
    if kind in KINDS_OF_WAITING:
        in_writing = () if way == "sms" else ("services", "closing")
        return [*WITHOUT_TIME, *MAYBE, *WAITED_FOR, *in_writing]
    return [
        *SURE,
        *MAYBE,
        *(PREVIOUS if kind in KINDS_THAT_MOVE else ()),
        *(ANSWERED if kind in KINDS_TO_ANSWER else ()),
        *(WHY if kind in KINDS_BY_OFFICE else ()),
        # Anybody may read what lights up on a telephone: what it is about isn't said there.
        *(() if way == "sms" else (*BLOCKS, *PARTS)),
    ]


def check(text: str, kind: Kind, way: Way) -> None:
    """Raise InvalidFields for a text that can't be used, naming each fault and its line."""
    faults = [FieldError("text", fault) for fault in _faults(text, kind, way)]
    if faults:
        raise InvalidFields(errors=faults)


def expanded(text: str, parts: Mapping[str, str]) -> list[str]:
    """Give the lines with the parts put in."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        alone = PLACEHOLDER.fullmatch(line.strip())
        part = parts.get(alone[1]) if alone else None
        lines += [line.strip()] if part is None else part.strip().splitlines()
    return lines


def filled(line: str, values: Mapping[str, str]) -> str | None:
    """Give the line with its facts; None when one of them isn't known."""
    if not all(values.get(name) for name in PLACEHOLDER.findall(line)):
        return None
    return PLACEHOLDER.sub(lambda found: values[found[1]], line)


def _faults(text: str, kind: Kind, way: Way) -> Iterator[str]:
    lines = text.strip().splitlines()
    allowed = placeholders(kind, way)
    if way != "sms":
        yield from _faults_of_head(lines, kind, way)
    for number, line in enumerate(lines, start=1):
        names = PLACEHOLDER.findall(line)
        for name in names:
            if name not in allowed:
                yield f"Line {number}: {{{name}}} is not known here; known are {_listed(allowed)}."
            elif name in (*BLOCKS, *PARTS) and line.strip() != f"{{{name}}}":
                yield f"Line {number}: {{{name}}} must stand alone in its line."
        if STRAY_BRACE.search(PLACEHOLDER.sub("", line)):
            yield f"Line {number}: a brace without its partner; placeholders look like {{day}}."
    yield from _missing(set(PLACEHOLDER.findall(text)), kind)


def _faults_of_head(lines: list[str], kind: Kind, way: Way) -> Iterator[str]:
    if len(lines) < 3 or not lines[0].strip() or lines[1].strip():
        yield "The first line is the subject, the second is empty, and then comes the text."
        return
    subject = PLACEHOLDER.findall(lines[0])
    known = WITHOUT_TIME if kind in KINDS_OF_WAITING else SURE
    allowed = [name for name in known if way != "email" or name in DISCREET_SUBJECT]
    for name in (name for name in subject if name not in allowed):
        yield f"Line 1: {{{name}}} can't be in the subject; there can be {_listed(allowed)}."


def _missing(used: set[str], kind: Kind) -> Iterator[str]:
    if "appointment" in used:
        return
    if kind in KINDS_OF_WAITING:
        if "reference" not in used:
            yield "The reference is missing: {reference}."
        return
    if not used & {"day", "short_day"}:
        yield "The day is missing: {day}, {short_day} or {appointment}."
    if "time" not in used:
        yield "The time is missing: {time} or {appointment}."
    if "reference" not in used:
        yield "The reference is missing: {reference} or {appointment}."


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
