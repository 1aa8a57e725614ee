"""Chromium as the wall uses it, for tests: the flags stand in display/README.md and nowhere else."""

import os
import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

AUTOPLAY = "--autoplay-policy=no-user-gesture-required"

NO_SCREEN = ("--disable-gpu",)
"""What a machine without a screen needs besides; none of it concerns sound."""


def documented_flags() -> list[str]:
    """Flags of the command in display/README.md that starts the screen."""
    readme = (CHECKOUT / "display" / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^    chromium (.*) http://127\.0\.0\.1:8082/$", readme, flags=re.MULTILINE)
    return str(command).split()


def flags_for_tests() -> list[str]:
    """The documented flags and what running as root on a test machine needs."""
    return [*documented_flags(), *NO_SCREEN, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
