import pytest

from display.settings import SettingError, command_words, service_address


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://termine.example.de/", "https://termine.example.de"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://example.de/queue/", "https://example.de/queue"),
    ],
)
def test_the_services_address_is_taken_without_its_last_slash(given: str, used: str) -> None:
    assert service_address(given) == used


@pytest.mark.parametrize(
    "given", ["termine.example.de", "ftp://example.de", "https://", "https://x/?a=1", ""]
)
def test_what_is_no_address_stops_the_start_and_is_named(given: str) -> None:
    with pytest.raises(SettingError, match="--service"):
        service_address(given)


def test_the_sound_command_is_split_as_a_shell_would() -> None:
    assert command_words("aplay -q -D 'hall left' -") == ("aplay", "-q", "-D", "hall left", "-")


@pytest.mark.parametrize("given", ["", "   ", "aplay 'unfinished"])
def test_a_sound_command_that_can_not_be_run_stops_the_start(given: str) -> None:
    with pytest.raises(SettingError, match="--sound-command"):
        command_words(given)
