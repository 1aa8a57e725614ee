"""Settings are documented, checked, and named when they are wrong."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from queue_service.settings import PREFIX, Settings, SettingsError, load_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
ROW = re.compile(
    r"^\| `(?P<variable>[A-Z_]+)` \| (?P<default>[^|]+) \| (?P<meaning>[^|]+) \| `(?P<example>[^|]+)` \|$",
    re.MULTILINE,
)
VARIABLES = {
    PREFIX + field.name.upper(): field.default
    if field.default is not msgspec.NODEFAULT
    else field.default_factory()
    for field in msgspec.structs.fields(Settings)
}


def documented() -> dict[str, re.Match[str]]:
    """Give the rows of the page's table by variable."""
    return {row["variable"]: row for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}


def as_written(default: object) -> str:
    """Write a default as the page does."""
    if default in ("", None):
        return "empty"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_the_page_documents_every_setting_with_its_default() -> None:
    defaults = {variable: row["default"] for variable, row in documented().items()}
    assert defaults == {variable: as_written(default) for variable, default in VARIABLES.items()}


def test_the_page_names_no_other_variable() -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", PAGE.read_text(encoding="utf-8"))) - {PREFIX}
    assert {name.removesuffix("_FILE") for name in named} == set(VARIABLES)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_documented_example_is_accepted_and_is_not_the_default(variable: str) -> None:
    example = documented()[variable]["example"]
    settings = load_settings({variable: example})
    assert getattr(settings, variable.removeprefix(PREFIX).lower()) != VARIABLES[variable]


def test_nothing_set_means_the_defaults() -> None:
    assert load_settings({}) == Settings()


def test_variables_of_others_are_left_alone() -> None:
    assert load_settings({"HOME": "/root", "QUEUES": "3", "queue_port": "1"}) == Settings()


def test_values_are_read_as_what_they_are() -> None:
    settings = load_settings(
        {
            "QUEUE_PORT": "8000",
            "QUEUE_CLOCK_RATE": "2.5",
            "QUEUE_DEMO": "true",
            "QUEUE_DATA_DIR": "/srv/queue",
            "QUEUE_CLOCK_START": "2026-11-23T08:00:00Z",
        }
    )
    assert settings == Settings(
        port=8000,
        clock_rate=2.5,
        demo=True,
        data_dir=Path("/srv/queue"),
        clock_start=datetime(2026, 11, 23, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "variable", ["QUEUE_PROT", "QUEUE_", "QUEUE_port", "QUEUE_PORT_FILES", "QUEUE__FILE"]
)
def test_a_misspelt_variable_is_named_with_those_that_exist(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} is not a setting") as wrong:
        load_settings({variable: "1"})
    assert "QUEUE_PORT" in str(wrong.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("QUEUE_PORT", ""),
        ("QUEUE_PORT", "eighty"),
        ("QUEUE_PORT", "0"),
        ("QUEUE_PORT", "65536"),
        ("QUEUE_WORKERS", "65"),
        ("QUEUE_DATABASE_CONNECTIONS", "1"),
        ("QUEUE_LOG_LEVEL", "loud"),
        ("QUEUE_LOG_FORMAT", "JSON"),
        ("QUEUE_METRICS", "yes"),
        ("QUEUE_DATA_DIR", ""),
        ("QUEUE_TRUSTED_PROXIES", "*"),
        ("QUEUE_TRUSTED_PROXIES", "127.0.0.1, proxy.example.org"),
        ("QUEUE_TRUSTED_PROXIES", "10.0.0.4/24"),
        ("QUEUE_CLOCK_START", "tomorrow"),
        ("QUEUE_CLOCK_START", "2026-11-23T08:00:00"),
        ("QUEUE_CLOCK_RATE", "0"),
        ("QUEUE_CLOCK_RATE", "nan"),
        ("QUEUE_CLOCK_RATE", "5001"),
        ("QUEUE_DEMO", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_its_variable(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable}"):
        load_settings({variable: value})


def test_a_secret_can_come_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "database-url"
    file.write_text("postgresql://queue:secret@db/queue\n")
    settings = load_settings({"QUEUE_DATABASE_URL_FILE": str(file)})
    assert settings.database_url == "postgresql://queue:secret@db/queue"


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_setting_can_come_from_a_file(variable: str, tmp_path: Path) -> None:
    example = documented()[variable]["example"]
    file = tmp_path / "value"
    file.write_text(f" {example}\n")
    assert load_settings({f"{variable}_FILE": str(file)}) == load_settings({variable: example})


def test_a_value_and_its_file_at_once_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("8000")
    with pytest.raises(SettingsError, match="QUEUE_PORT and QUEUE_PORT_FILE are both set"):
        load_settings({"QUEUE_PORT": "8000", "QUEUE_PORT_FILE": str(file)})


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "not text"])
def test_a_file_that_cannot_be_read_is_told_with_its_variable(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "port"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^QUEUE_PORT_FILE"):
        load_settings({"QUEUE_PORT_FILE": str(file)})


def test_a_bad_value_from_a_file_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("hunter2")
    with pytest.raises(SettingsError) as wrong:
        load_settings({"QUEUE_PORT_FILE": str(file)})
    assert "hunter2" not in str(wrong.value)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"QUEUE_HOST": "192.0.2.7", "QUEUE_PORT": "80"}, "http://192.0.2.7:80"),
        ({"QUEUE_PUBLIC_URL": "https://termine.example.org/"}, "https://termine.example.org"),
    ],
)
def test_visitors_are_told_the_public_address_without_a_slash(given: dict[str, str], address: str) -> None:
    assert load_settings(given).visitor_url == address
