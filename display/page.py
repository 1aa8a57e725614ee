"""The wall page's HTML and the digest that tells an open page that its files were replaced."""

import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from display.settings_in_force import SettingsInForce
from display.texts import Texts
from queue_service.protocol.languages import direction

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
PAGE_FILES = STATIC / "page"

DIGEST_LENGTH = 12


class WallPage:
    """The page in the language and theme that hold now; an open one loads itself again for others."""

    def __init__(self, texts: Texts, in_force: SettingsInForce) -> None:
        self._texts = texts
        self._in_force = in_force
        self._files = _digest()
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    @property
    def digest(self) -> str:
        """Of the page's files, its language and its theme."""
        settings = self._in_force.now
        return f"{self._files}-{settings.language}-{settings.theme.value}"

    @property
    def html(self) -> str:
        """The template, filled with the words of the language."""
        settings = self._in_force.now
        return self._environment.get_template("wall.html").render(
            _=lambda words: self._texts.say(words, settings.language),
            language=settings.language,
            direction=direction(settings.language),
            theme=settings.theme.value,
            digest=self.digest,
        )


def _digest() -> str:
    content = hashlib.sha256()
    for path in (*sorted(TEMPLATES.iterdir()), *sorted(PAGE_FILES.iterdir())):
        content.update(path.read_bytes())
    return content.hexdigest()[:DIGEST_LENGTH]
