"""The distribution's Chromium, as tests and measurements start it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

WHOLE = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
"""The browser that a device runs: what is measured, and what plays sounds in tests."""
SHELL = shutil.which("chromium-headless-shell") or WHOLE
"""The same pages without the browser around them, at half the processor time; for all other tests."""


@contextmanager
def started_chromium(executable: str) -> Iterator[Browser]:
    """Give a browser without a window; it is closed afterwards."""
    quiet = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
    # The shell would round each letter's width to whole pixels, which makes lines longer than on a device.
    quiet.append("--font-render-hinting=none")
    if os.geteuid() == 0:
        quiet.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=quiet)
        yield browser
        browser.close()
