"""Loaded by schemathesis: every request is somebody's, and half of them are about what is there.

``FUZZING`` names a JSON file with ``tokens`` (of those who ask, an empty one for nobody, more often
where they are named more often), ``leaving`` (for the log-out alone, which ends a session) and
``known`` (values that exist, by the name of the path parameter).
"""

import json
import os
import random
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import schemathesis

PLAN = json.loads(Path(os.environ["FUZZING"]).read_text(encoding="utf-8"))
CHANCE = random.Random(2026)  # noqa: S311 - so that a run can be repeated
SHORT = re.compile(r"[^/\x00-\x20]{1,40}")


@schemathesis.hook
def before_call(_: Any, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001 - its signature
    """Let somebody ask."""
    leaves = case.operation.definition.raw.get("operationId") == "logOut"
    token = CHANCE.choice(PLAN["leaving" if leaves else "tokens"])
    if token:
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def map_path_parameters(_: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Put something that exists in the place of something that could exist."""
    for name, value in (path_parameters or {}).items():
        if _is_well_formed(name, value) and name in PLAN["known"] and CHANCE.random() < 1 / 2:
            assert path_parameters is not None
            path_parameters[name] = CHANCE.choice(PLAN["known"][name])
    return path_parameters


def _is_well_formed(name: str, value: object) -> bool:
    """Tell what may be replaced: what is wrong on purpose must stay wrong."""
    if not isinstance(value, str):
        return False
    if name != "ticket":
        return SHORT.fullmatch(value) is not None
    try:
        UUID(value)
    except ValueError:
        return False
    return True
