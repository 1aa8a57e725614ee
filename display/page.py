"""The wall page's HTML and the digest that tells an open page that its files were replaced."""

import hashlib
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from display.settings import Theme
from display.texts import Texts
from queue_service.protocol.languages import direction

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
PAGE_FILES = STATIC / "page"

DIGEST_LENGTH = 12


class Page(msgspec.Struct, frozen=True):
    """The page as it is served."""

    html: str
    digest: str


def render_page(texts: Texts, language: str, theme: Theme) -> Page:
    """Fill the template with the words of ``language``."""
    digest = _digest()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    html = environment.get_template("wall.html").render(
        _=lambda words: texts.say(words, language),
        language=language,
        direction=direction(language),
        theme=theme.value,
        digest=digest,
    )
    return Page(html, digest)


def _digest() -> str:
    content = hashlib.sha256()
    for path in (*sorted(TEMPLATES.iterdir()), *sorted(PAGE_FILES.iterdir())):
        content.update(path.read_bytes())
    return content.hexdigest()[:DIGEST_LENGTH]
