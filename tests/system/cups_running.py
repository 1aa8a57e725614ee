"""A real CUPS beside the machine's own: scheduler, filters and backends as ordinary processes, and one queue.

Started by root it gives its filters to another account, which has to get at their files: so its directory
lies beside pytest's own, which nobody else may enter.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system.ipp_printer_running import PATH

CUPSD = "/usr/sbin/cupsd"
PROGRAMS = ("cupsd", "lpadmin")
FILTER = Path("/usr/lib/cups/filter/pdftopdf")
"""Sets a page onto the queue's paper; of cups-filters-core-drivers."""
PATIENCE_SECONDS = 10.0
QUEUE = "Kiosk"
FILES = """ServerRoot {0}/root
StateDir {0}/state
CacheDir {0}/cache
RequestRoot {0}/spool
TempDir {0}/temp
AccessLog {0}/access_log
ErrorLog {0}/error_log
PageLog {0}/page_log
"""
SCHEDULER = """Listen {0}/cups.sock
Browsing No
WebInterface No
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
"""Whoever reaches the socket may do everything: it prints into a test's directory."""


class RunningCups:
    """A scheduler with one queue, set up as ``lpadmin -m everywhere`` does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.socket = folder / "cups.sock"

    def install(self, device: str) -> None:
        """Make the queue from what its printer says of itself, which CUPS asks behind our back."""
        self.order("lpadmin", "-p", QUEUE, "-E", "-v", device, "-m", "everywhere")
        self._until((self._folder / "root" / "ppd" / f"{QUEUE}.ppd").exists)

    def order(self, program: str, *arguments: str) -> bytes:
        """Run one of CUPS's commands, such as ``cupsdisable``; give what it says."""
        found = shutil.which(program, path=PATH)
        assert found
        told = subprocess.run([found, "-h", str(self.socket), *arguments], check=True, capture_output=True)
        return told.stdout

    def until_it_has_no_jobs(self) -> None:
        """Wait until nothing is left that could still come out."""
        self._until(lambda: not self.order("lpstat", "-o"))

    def until_it_listens(self) -> None:
        self._until(self.socket.exists)

    def _until(self, done: Callable[[], bool]) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < ends, (self._folder / "error_log").read_text()
            time.sleep(0.02)  # it tells nobody


@contextmanager
def cups_running(device: str) -> Iterator[RunningCups]:
    """Run one for a printer's address; without the distribution's packages the test is skipped."""
    missing = [name for name in PROGRAMS if not shutil.which(name, path=PATH)]
    missing += [FILTER.name] * (not FILTER.exists())
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="queue-cups-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        for part in ("root", "state", "cache", "spool", "temp"):
            (folder / part).mkdir()
        (folder / "files.conf").write_text(FILES.format(folder))
        (folder / "scheduler.conf").write_text(SCHEDULER.format(folder))
        command = [CUPSD, "-f", "-c", f"{folder}/scheduler.conf", "-s", f"{folder}/files.conf"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                running = RunningCups(folder)
                running.until_it_listens()
                running.install(device)
                yield running
            finally:
                process.terminate()
                process.wait()
