"""Every error that a caller can meet is named, numbered and drawn in one tree."""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus

import pytest

import queue_service
from queue_service.platform import errors
from queue_service.platform.errors import QueueError

CODE = re.compile(r"[a-z]+(_[a-z]+)*")
DRAWN = re.compile(
    r"^    (?P<branch>[│ ├└─]*)(?P<name>[A-Z]\w+)(?:\s+(?P<status>\d{3})\s+(?P<code>\w+))?(?:  +.*)?$",
    re.MULTILINE,
)
"""A line of the tree: branches four characters wide, the class, its status, its code, a remark."""


def every_error() -> list[type[QueueError]]:
    """Give all classes below QueueError, wherever in the service they stand."""
    for module in pkgutil.walk_packages(queue_service.__path__, "queue_service."):
        importlib.import_module(module.name)
    return list(_below(QueueError))


def _below(kind: type[QueueError]) -> Iterator[type[QueueError]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("queue_service."):
            yield child
            yield from _below(child)


def drawn_tree() -> dict[str, tuple[str, int, str]]:
    """Read parent, status and code of each class from the drawing."""
    tree: dict[str, tuple[str, int, str]] = {}
    path: list[str] = []
    for line in DRAWN.finditer(errors.__doc__ or ""):
        depth = len(line["branch"]) // 4
        path[depth:] = [line["name"]]
        if depth:
            tree[line["name"]] = (path[depth - 1], int(line["status"] or 0), line["code"] or "")
    return tree


ERRORS = every_error()


def test_the_tree_shows_every_error_below_its_parent_with_its_status_and_code() -> None:
    assert drawn_tree() == {
        kind.__name__: (kind.__mro__[1].__name__, int(kind.status), kind.code) for kind in ERRORS
    }


def test_no_two_errors_share_a_code() -> None:
    codes = Counter(kind.code for kind in ERRORS)
    assert [code for code, times in codes.items() if times > 1] == []


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_has_a_code_of_its_own_a_status_and_a_sentence(kind: type[QueueError]) -> None:
    assert "code" in vars(kind)
    assert CODE.fullmatch(kind.code)
    assert isinstance(kind.status, HTTPStatus)
    assert kind.status >= HTTPStatus.BAD_REQUEST
    sentence = vars(kind)["__doc__"] or ""
    assert sentence.strip().endswith(".")
    assert kind().detail == sentence.strip()


def test_an_error_keeps_its_parents_status() -> None:
    assert [kind for kind in ERRORS if kind.__mro__[1] is not QueueError and "status" in vars(kind)] == []
