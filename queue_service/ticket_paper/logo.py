"""An office's logo as a receipt printer can burn it: dots, black or white."""

import io

from PIL import Image, UnidentifiedImageError

from queue_service.ticket_paper.dots import FULL, black_and_white

LARGEST_FILE_BYTES = 64 * 1024
MOST_PIXELS = 4_000_000
"""2000 by 2000; a small file can hold a picture that fills a machine's memory."""
MOST_WIDE, MOST_HIGH = 384, 120
"""48 by 15 mm: as wide as the narrow roll, and lower than the number, which stays the largest thing."""


class NotALogo(ValueError):
    """The file is no PNG, too large, or has nothing dark in it."""


def logo_dots(file: bytes) -> bytes:
    """Give the picture as a PNG of dots, made smaller where it has to be. Raises NotALogo."""
    if len(file) > LARGEST_FILE_BYTES:
        raise NotALogo
    try:
        with Image.open(io.BytesIO(file), formats=["PNG"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotALogo
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise NotALogo from broken
    # What is transparent is paper.
    on_paper = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("L")
    on_paper.thumbnail((MOST_WIDE, MOST_HIGH), Image.Resampling.LANCZOS)
    dots = black_and_white(on_paper)
    if dots.getextrema()[0] == FULL:
        raise NotALogo
    kept = io.BytesIO()
    dots.save(kept, "PNG", optimize=True)
    return kept.getvalue()
