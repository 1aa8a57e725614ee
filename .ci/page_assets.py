"""Copies what pages load from npm's packages to the three programs that serve it.

Run after ``npm ci`` in queue_service/web. Pages find the design system at
``vendor/kern/kern.min.css`` and its typeface at ``vendor/kern/fonts/fira-sans.css``; letters, kiosk and
display find further typefaces in ``vendor/noto``, and the browser tests ``tests/browser/vendor/axe.min.js``.
"""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = CHECKOUT / "queue_service" / "web" / "node_modules"
KERN = PACKAGES / "@kern-ux" / "native"

SERVICE_VENDOR = CHECKOUT / "queue_service" / "web" / "static" / "vendor"
KIOSK_VENDOR = CHECKOUT / "kiosk" / "static" / "vendor"
DISPLAY_VENDOR = CHECKOUT / "display" / "static" / "vendor"
BROWSER_TESTS_VENDOR = CHECKOUT / "tests" / "browser" / "vendor"

WEIGHTS = {"400": "Regular", "500": "Medium", "600": "SemiBold", "700": "Bold"}
"""By CSS weight: KERN's own styles use the first three, the numbers on wall and kiosk the fourth.

The package brings 32 faces of 130 kB; a page that asks for another weight gets the nearest of these.
"""

DARK_TOKENS = re.compile(r"\[data-kern-theme=dark\],\.kern-dark\{(--[^}]*)\}")
SCRIPTS = {
    "latin-ext": "noto-sans",
    **{script: f"noto-sans-{script}" for script in ("arabic", "hebrew", "georgian", "armenian", "ethiopic")},
}
"""What letters are also written in, by package; pages leave these to the visitor's own typefaces."""
LETTER_WEIGHTS = ("400", "600")
DEVICE_SCRIPTS = ("arabic",)
"""What kiosk and display need beside Fira Sans for their languages: a device may have no typeface at all."""

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FILE_REFERENCE = re.compile(r"""url\(\s*["']?(?!data:)([^"')]+)""")


def upright_faces(stylesheet: str) -> str:
    """The @font-face rules of the upright faces in ``WEIGHTS``; fails if one of them is not there."""
    rules = FONT_FACE.findall(stylesheet)
    kept = [rule for name in WEIGHTS.values() for rule in rules if f"-{name}.woff2" in rule]
    if len(kept) != len(WEIGHTS):
        message = f"{len(kept)} of the {len(WEIGHTS)} faces {list(WEIGHTS.values())} found in fira-sans.css"
        raise SystemExit(message)
    return "\n\n".join(kept) + "\n"


def dark_tokens(stylesheet: str) -> str:
    """KERN's dark theme as a sheet of its own, which a page loads when a media query says so."""
    found = DARK_TOKENS.findall(stylesheet)
    if len(found) != 1:
        message = f"{len(found)} dark themes found in kern.min.css"
        raise SystemExit(message)
    return f":root{{color-scheme:dark;{found[0]}}}\n"


def copy_kern(vendor: Path) -> None:
    """Puts stylesheet, typeface and licence of KERN into ``vendor/kern``."""
    kern = vendor / "kern"
    faces = kern / "fonts" / "fira-sans"
    faces.mkdir(parents=True)
    shutil.copyfile(KERN / "LICENSE.md", kern / "LICENSE.md")
    shutil.copyfile(KERN / "dist" / "kern.min.css", kern / "kern.min.css")
    stylesheet = (KERN / "dist" / "fonts" / "fira-sans.css").read_text(encoding="utf-8")
    (kern / "fonts" / "fira-sans.css").write_text(upright_faces(stylesheet), encoding="utf-8")
    for name in WEIGHTS.values():
        face = faces / f"FiraSans-{name}.woff2"
        shutil.copyfile(KERN / "dist" / "fonts" / "fira-sans" / face.name, face)


def copy_scripts(vendor: Path, scripts: Iterable[str]) -> None:
    """Puts typefaces for ``scripts`` and their licences into ``vendor/noto``."""
    noto = vendor / "noto"
    noto.mkdir()
    for script in scripts:
        name = SCRIPTS[script]
        package = PACKAGES / "@fontsource" / name
        for weight in LETTER_WEIGHTS:
            face = package / "files" / f"{name}-{script}-{weight}-normal.woff2"
            shutil.copyfile(face, noto / f"{script}-{weight}.woff2")
        shutil.copyfile(package / "LICENSE", noto / f"{script}-LICENSE")


def missing_files(vendor: Path) -> list[str]:
    """What the copied stylesheets refer to and a browser would not find."""
    return [
        f"{stylesheet}: {reference}"
        for stylesheet in vendor.rglob("*.css")
        for reference in FILE_REFERENCE.findall(stylesheet.read_text(encoding="utf-8"))
        if not (stylesheet.parent / reference).is_file()
    ]


def main() -> None:
    """Makes the four vendor folders anew."""
    vendors = [SERVICE_VENDOR, KIOSK_VENDOR, DISPLAY_VENDOR, BROWSER_TESTS_VENDOR]
    for vendor in vendors:
        shutil.rmtree(vendor, ignore_errors=True)
        vendor.mkdir(parents=True)
    for vendor in (SERVICE_VENDOR, KIOSK_VENDOR, DISPLAY_VENDOR):
        copy_kern(vendor)
    copy_scripts(SERVICE_VENDOR, SCRIPTS)
    for vendor in (KIOSK_VENDOR, DISPLAY_VENDOR):
        copy_scripts(vendor, DEVICE_SCRIPTS)
    kern = SERVICE_VENDOR / "kern"
    stylesheet = (kern / "kern.min.css").read_text(encoding="utf-8")
    (kern / "dark.css").write_text(dark_tokens(stylesheet), encoding="utf-8")
    shutil.copyfile(PACKAGES / "axe-core" / "axe.min.js", BROWSER_TESTS_VENDOR / "axe.min.js")
    if missing := [line for vendor in vendors for line in missing_files(vendor)]:
        raise SystemExit("\n".join(["A stylesheet refers to files that were not copied:", *missing]))


if __name__ == "__main__":
    main()
