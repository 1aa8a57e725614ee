"""YAML text into Structs, each value checked against its annotation and each mistake with its place.

Every scalar is taken as it is written: YAML 1.1's own readings (08:00 as 480, ``no`` as false, a
postal code as an octal number) can't happen, because the Struct's annotation alone says what a
value is. A value that can't be read is noted and replaced by a blank one, so that one pass finds
everything.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

import msgspec
import yaml
from msgspec import inspect

from queue_service.offices.model import MINUTES_A_DAY, Span
from queue_service.offices.setup_mistakes import TOP, Findings, Path, Place, echo, likeliest, unknown
from queue_service.offices.setup_model import OfferedService

MAX_CHARACTERS = 1_000_000
"""Of one file; that of an office with 25 counters has about 10,000."""
MAX_DEPTH = 24
"""Blocks within blocks; a set-up needs 8."""
MAX_VALUES = 50_000
"""Of one file with every alias written out: an alias of aliases can stand for billions."""
YEARS = range(2000, 2101)
TRUTH = {"yes": True, "no": False, "true": True, "false": False}
INTEGER = re.compile(r"-?[0-9]{1,9}")
DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,15})?")
SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SPANS_ALLOWED = "allowed are hours such as 08:00-18:00, on full five minutes, up to 24:00; for none, closed"

SCALAR, LIST, BLOCK = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
KINDS_OF_NODE = {SCALAR: "a single value", LIST: "a list", BLOCK: "a block of keys and values"}
SHORT_FORMS: dict[type, str] = {OfferedService: "service"}
"""Structs that a single value stands for: the key to which it belongs."""

KINDS_OF_SCALAR: dict[type[inspect.Type], str] = {
    inspect.StrType: "text",
    inspect.IntType: "a whole number",
    inspect.FloatType: "a number such as 53.0793",
    inspect.BoolType: "yes or no",
    inspect.DateType: "a day such as 2026-12-24",
}
BLANKS: dict[type[inspect.Type], Callable[[], Any]] = {
    inspect.StrType: str,
    inspect.IntType: int,
    inspect.FloatType: float,
    inspect.BoolType: bool,
    inspect.DateType: lambda: date.min,
    inspect.ListType: list,
    inspect.DictType: dict,
}
NO_HOURS = Span(0, 0)

Struct = TypeVar("Struct", bound=msgspec.Struct)


class _Loader(yaml.BaseLoader):
    """Composes nodes to a bounded depth: the composer recurses, and Python's stack ends."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.depth == MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, f"nested deeper than {MAX_DEPTH} levels", mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_yaml(text: str, kind: type[Struct], findings: Findings) -> Struct:
    """Read ``text`` as ``kind``; what is wrong is in ``findings`` and blank in the answer."""
    described = inspect.type_info(kind)
    node = _compose(text, findings, [field.encode_name for field in msgspec.structs.fields(kind)])
    value: Struct = _blank(described) if node is None else _Reader(findings).read(node, described, ())
    return value


def _compose(text: str, findings: Findings, allowed: list[str]) -> yaml.Node | None:
    if len(text) > MAX_CHARACTERS:
        findings.note((), f"longer than {MAX_CHARACTERS} characters")
        return None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(before.count("\n") + 1, error.position - before.rfind("\n"))
        findings.note((), "a character that YAML doesn't allow", place)
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        findings.note((), f"not YAML: {error.problem or 'unreadable'}", _place(mark) if mark else TOP)
        return None
    except (ValueError, OverflowError) as error:
        # PyYAML hands impossible escapes ("\UFFFFFFFF") and version numbers on to Python unchecked.
        findings.note((), f"not YAML: {echo(str(error))}")
        return None
    if node is None:
        findings.note((), f"the file is empty; allowed: {', '.join(allowed)}")
    return node


def _place(mark: yaml.Mark) -> Place:
    return Place(mark.line + 1, mark.column + 1)


class _Reader:
    """Walks one file's nodes along the annotations of a Struct."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.values = 0

    def read(self, node: yaml.Node, kind: inspect.Type, path: Path, note: str | None = None) -> Any:
        """Give the value at ``node``; ``note`` is what a surrounding annotation says is allowed."""
        self.values += 1
        self.findings.stands(path, _place(node.start_mark))
        if self.values > MAX_VALUES:
            if self.values == MAX_VALUES + 1:
                self.findings.note(path, f"more than {MAX_VALUES} values in one file")
            return _blank(kind)
        if node.tag not in KINDS_OF_NODE:
            self.findings.note(path, f"tags such as {echo(node.tag)} have no meaning here")
            return _blank(kind)
        return self._read_known(node, kind, path, note)

    def _read_known(self, node: yaml.Node, kind: inspect.Type, path: Path, note: str | None) -> Any:
        match kind:
            case inspect.Metadata():
                value = self._read_annotated(node, kind, path)
            case inspect.UnionType():
                value = self._read_known(node, _branch(kind, node), path, note)
            case inspect.StructType():
                value = self._read_struct(node, kind, path)
            case inspect.ListType():
                value = self._read_list(node, kind, path)
            case inspect.DictType():
                value = self._read_dict(node, kind, path)
            case _:
                value = self._read_scalar(node, kind, path, note)
        return value

    def _read_annotated(self, node: yaml.Node, kind: inspect.Metadata, path: Path) -> Any:
        extra = kind.extra or {}
        if isinstance(node, yaml.ScalarNode) and node.value and node.value == extra.get("word_for_every"):
            return _blank(kind)
        if extra.get("lines") and isinstance(node, yaml.ScalarNode):
            return self._read_lines(node, kind.type, path, extra.get("allowed"))
        value = self._read_known(node, kind.type, path, extra.get("allowed"))
        if extra.get("german") and isinstance(node, yaml.MappingNode) and "de" not in value:
            self.findings.note_consequence((*path, "de"), "the German text is missing")
        return value

    def _read_struct(self, node: yaml.Node, kind: inspect.StructType, path: Path) -> Any:
        if kind.cls is Span:
            return self._read_span(node, path)
        fields = {field.encode_name: field for field in kind.fields}
        short = SHORT_FORMS.get(kind.cls)
        if short and isinstance(node, yaml.ScalarNode):
            given: dict[str, yaml.Node] = {short: node}
        elif isinstance(node, yaml.MappingNode):
            given = self._entries(node, path)
        else:
            self._note_wrong_kind(node, BLOCK, path)
            return _blank(kind)
        for key in given.keys() - fields.keys():
            self.findings.note((*path, key), unknown("key", key, fields))
            self.findings.doubt((*path, likeliest(key, fields) or key))
        values = {}
        for name, field in fields.items():
            if name in given:
                values[field.name] = self.read(given[name], field.type, (*path, name))
            elif field.required:
                self.findings.note((*path, name), "is missing")
                values[field.name] = _blank(field.type)
        return kind.cls(**values)

    def _entries(self, node: yaml.MappingNode, path: Path) -> dict[str, yaml.Node]:
        """Give a block's values by key; a key that isn't text or is there twice is a mistake."""
        entries: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.findings.note(path, "a key must be a single word", _place(key_node.start_mark))
                continue
            key = self._clean(key_node, (*path, key_node.value))
            if key is None:
                continue
            self.findings.stands((*path, key), _place(key_node.start_mark))
            if key in entries:
                place = _place(key_node.start_mark)
                self.findings.note((*path, key), f"'{echo(key)}' is given twice in one block", place)
            entries[key] = value
        return entries

    def _read_list(self, node: yaml.Node, kind: inspect.ListType, path: Path) -> list[Any]:
        of_spans = isinstance(kind.item_type, inspect.StructType) and kind.item_type.cls is Span
        if of_spans and isinstance(node, yaml.ScalarNode):
            return [] if node.value == "closed" else [self.read(node, kind.item_type, path)]
        if not isinstance(node, yaml.SequenceNode):
            self._note_wrong_kind(node, LIST, path)
            return []
        items = [self.read(item, kind.item_type, (*path, at)) for at, item in enumerate(node.value)]
        if len(items) < (kind.min_length or 0):
            self.findings.note(path, "the list is empty")
        if of_spans:
            return self._in_order(items, path)
        self._note_repeated(items, path)
        return items

    def _in_order(self, spans: list[Span], path: Path) -> list[Span]:
        ordered = sorted(spans)
        for earlier, later in pairwise(ordered):
            if later.opens < earlier.closes:
                self.findings.note_consequence(path, f"{earlier} and {later} overlap")
        return ordered

    def _note_repeated(self, items: list[Any], path: Path) -> None:
        """Words may stand in a list only once; blocks that are named have their own check."""
        seen = set()
        for at, item in enumerate(items):
            if not isinstance(item, str):
                return
            if item in seen:
                self.findings.note_consequence((*path, at), f"'{echo(item)}' is listed twice")
            seen.add(item)

    def _read_dict(self, node: yaml.Node, kind: inspect.DictType, path: Path) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            self._note_wrong_kind(node, BLOCK, path)
            return {}
        values = {}
        for key, value in self._entries(node, path).items():
            wrong = _objection(key, kind.key_type)
            if wrong:
                self.findings.note((*path, key), wrong)
            values[key] = self.read(value, kind.value_type, (*path, key))
        return values

    def _read_span(self, node: yaml.Node, path: Path) -> Span:
        text = self._scalar(node, path)
        if text is None:
            return NO_HOURS
        match = SPAN.fullmatch(text)
        if not match:
            self.findings.note(path, f"'{echo(text)}': {SPANS_ALLOWED}")
            return NO_HOURS
        hour, minute, end_hour, end_minute = map(int, match.groups())
        span = Span(60 * hour + minute, 60 * end_hour + end_minute)
        if max(minute, end_minute) >= 60 or span.closes > MINUTES_A_DAY or span.opens % 5 or span.closes % 5:
            self.findings.note(path, f"'{echo(text)}': {SPANS_ALLOWED}")
        elif span.closes <= span.opens:
            self.findings.note(path, f"'{echo(text)}' ends before it begins")
        return span

    def _read_lines(self, node: yaml.ScalarNode, kind: inspect.Type, path: Path, note: str | None) -> str:
        """Read a text whose line ends count, each line as any other text; empty lines are left out."""
        lines = [
            self._clean(yaml.ScalarNode(node.tag, line, node.start_mark, node.end_mark), path)
            for line in node.value.splitlines()
        ]
        text = "\n".join(line for line in lines if line)
        wrong = _objection(text, kind, note) if None not in lines else None
        if wrong:
            self.findings.note(path, wrong)
        return text

    def _read_scalar(self, node: yaml.Node, kind: inspect.Type, path: Path, note: str | None) -> Any:
        text = self._scalar(node, path)
        if text is None:
            return _blank(kind)
        wrong = _objection(text, kind, note)
        if wrong:
            self.findings.note(path, wrong)
            return text if isinstance(kind, inspect.StrType) else _blank(kind)
        return _value(text, kind)

    def _scalar(self, node: yaml.Node, path: Path) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._note_wrong_kind(node, SCALAR, path)
            return None
        text = self._clean(node, path)
        if text == "":
            self.findings.note(path, "nothing is written here")
        return text or None

    def _clean(self, node: yaml.ScalarNode, path: Path) -> str | None:
        """Give a scalar in Unicode's composed form, white space as single blanks; None: unusable."""
        text = " ".join(unicodedata.normalize("NFC", node.value).split())
        if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
            # PostgreSQL can't store them, UTF-8 can't carry half a surrogate pair.
            self.findings.note(path, "holds a control character", _place(node.start_mark))
            return None
        return text

    def _note_wrong_kind(self, node: yaml.Node, wanted: str, path: Path) -> None:
        if isinstance(node, yaml.ScalarNode) and not node.value:
            self.findings.note(path, f"nothing is written here; expected {KINDS_OF_NODE[wanted]}")
            return
        self.findings.note(path, f"expected {KINDS_OF_NODE[wanted]}, found {KINDS_OF_NODE[node.tag]}")


def _branch(kind: inspect.UnionType, node: yaml.Node) -> inspect.Type:
    """Choose among the kinds that a value may be: words for a scalar, a Struct for a block."""
    kinds = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    single = isinstance(node, yaml.ScalarNode)
    fitting = [one for one in kinds if isinstance(one, inspect.StructType) != single]
    return (fitting or kinds)[0]


def _objection(text: str, kind: inspect.Type, note: str | None = None) -> str | None:
    """Say why ``text`` can't be a value of ``kind``, or None."""
    if isinstance(kind, inspect.Metadata):
        return _objection(text, kind.type, (kind.extra or {}).get("allowed"))
    if isinstance(kind, inspect.LiteralType):
        choices = [str(choice) for choice in kind.values]
        return None if text in choices else unknown("choice", text, choices)
    if isinstance(kind, inspect.DateType) and DAY.fullmatch(text) and not _real_day(text):
        return f"'{text}' is not a day between {YEARS.start} and {YEARS.stop - 1}"
    return None if _fits(text, kind) else f"'{echo(text)}': allowed is {note or KINDS_OF_SCALAR[type(kind)]}"


def _fits(text: str, kind: inspect.Type) -> bool:
    match kind:
        case inspect.StrType():
            shortest, longest = kind.min_length or 0, kind.max_length or MAX_CHARACTERS
            return shortest <= len(text) <= longest and bool(re.search(kind.pattern or "", text))
        case inspect.IntType():
            return bool(INTEGER.fullmatch(text)) and _in_range(int(text), kind)
        case inspect.FloatType():
            return bool(DECIMAL.fullmatch(text)) and _in_range(float(text), kind)
        case inspect.BoolType():
            return text in TRUTH
        case inspect.DateType():
            return bool(DAY.fullmatch(text))
    msg = f"a set-up Struct has a kind of field that nothing reads: {kind}"
    raise TypeError(msg)


def _in_range(number: float, kind: inspect.IntType | inspect.FloatType) -> bool:
    low = -math.inf if kind.ge is None else kind.ge
    high = math.inf if kind.le is None else kind.le
    return low <= number <= high and (kind.multiple_of is None or number % kind.multiple_of == 0)


def _real_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year in YEARS
    except ValueError:
        return False


def _value(text: str, kind: inspect.Type) -> Any:
    """Turn a text to which there is no objection into a value of ``kind``."""
    match kind:
        case inspect.IntType():
            return int(text)
        case inspect.FloatType():
            return float(text)
        case inspect.BoolType():
            return TRUTH[text]
        case inspect.DateType():
            return date.fromisoformat(text)
        case inspect.LiteralType():
            return next(choice for choice in kind.values if str(choice) == text)
        case _:
            return text


def _blank(kind: inspect.Type) -> Any:
    """Give a value of ``kind`` that stands for one that can't be read."""
    match kind:
        case inspect.Metadata():
            return _blank(kind.type)
        case inspect.UnionType():
            return _blank(kind.types[0])
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.StructType():
            required = [field for field in kind.fields if field.required]
            return kind.cls(**{field.name: _blank(field.type) for field in required})
        case _:
            return BLANKS[type(kind)]()
