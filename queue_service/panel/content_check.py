"""What a file that somebody puts in really is, by its content: its name and its sender's word prove nothing.

Only what a display can show and what holds no program: no SVG, no GIF. Looked at is the skeleton of the
format; the display's browser, which opens it, has no rights beyond its own page.
"""

from queue_service.protocol.panel import MediaType

PNG_BEGIN = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"
JPEG_BEGIN = b"\xff\xd8\xff"
JPEG_END = b"\xff\xd9"
EBML_BEGIN = b"\x1aE\xdf\xa3"
"""Matroska and WebM; the header that follows names which."""
EBML_HEADER_BYTES = 64
MP4_TYPE_AT = slice(4, 8)
MP4_BRAND_AT = slice(8, 12)
MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V "}
)


def media_type_of(content: bytes) -> MediaType | None:
    """Give what a file is; None for anything that a panel does not show, or that is cut short."""
    if content.startswith(PNG_BEGIN):
        return "image/png" if content.endswith(PNG_END) else None
    if content.startswith(JPEG_BEGIN):
        # Cameras and programs append to the picture's end, which therefore stands somewhere near it.
        return "image/jpeg" if JPEG_END in content[len(content) // 2 :] else None
    if content.startswith(EBML_BEGIN):
        return "video/webm" if b"webm" in content[:EBML_HEADER_BYTES] else None
    if content[MP4_TYPE_AT] == b"ftyp" and content[MP4_BRAND_AT] in MP4_BRANDS:
        return "video/mp4"
    return None
