"""Which file is tried when, where several processes share them: whoever waits, beside whoever computes.

And what tests of all kinds need: a look at what was logged.
"""

from collections.abc import Callable, MutableMapping
from itertools import chain, groupby, zip_longest
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest
import structlog
from structlog.testing import LogCapture

LoggedBy: TypeAlias = Callable[[ModuleType], list[MutableMapping[str, Any]]]

TESTS = Path(__file__).parent
WAITING = ("system", "browser")
"""Their tests wait for programs, pages and sounds for two thirds of their time; some files take a minute."""
AS_SYSTEM = ("test_devices_through_a_day.py",)
"""Stands with the database's tests, and waits for programs all the same."""
SHORT = ("unit",)
"""Come last, so that no process is left alone with a long file."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let long waits begin early, a file that computes between any two of them."""
    if not hasattr(config, "workerinput"):
        return
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    waiting = sorted(
        (file for file in files if _kind(file) in WAITING), key=lambda file: WAITING.index(_kind(file))
    )
    short = [file for file in files if _kind(file) in SHORT]
    computing = [file for file in files if _kind(file) not in (*WAITING, *SHORT)]
    nothing: list[pytest.Item] = []
    alternating = chain.from_iterable(zip_longest(waiting, computing, fillvalue=nothing))
    items[:] = [item for file in (*alternating, *short) for item in file]


def _kind(file: list[pytest.Item]) -> str:
    return "system" if file[0].path.name in AS_SYSTEM else file[0].path.relative_to(TESTS).parts[0]


@pytest.fixture
def logged_by(monkeypatch: pytest.MonkeyPatch) -> LoggedBy:
    """Give a list to which each line is added that a module's ``log`` writes from now on.

    structlog's own ``capture_logs`` misses a logger that another test's service has set to errors alone.
    """

    def capture(module: ModuleType) -> list[MutableMapping[str, Any]]:
        written = LogCapture()
        heard_of_everything = structlog.make_filtering_bound_logger(0)
        monkeypatch.setattr(
            module, "log", structlog.wrap_logger(None, [written], wrapper_class=heard_of_everything)
        )
        return written.entries

    return capture
