"""A real IPP Everywhere printer with a roll: CUPS's ``ippeveprinter``, and a script for its paper path."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue

import httpx
import pytest

from kiosk.printing.ipp_message import MIME_TYPE, NAME, URI, Attribute, answer, request

PROGRAMS = ("ippeveprinter", "dbus-daemon")
"""It announces itself over a message bus; a bus of its own is enough for it to run."""
PATH = "/usr/sbin:/usr/bin"
"""Where the distribution puts them; not all of that is on everybody's own."""
PRINT_JOB = 0x0002
PATIENCE_SECONDS = 10.0
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={0}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>"""
ROLL = """ATTR keyword media-supported roll_min_50x30mm,roll_max_80x1000mm,om_80x200mm_80x200mm
ATTR keyword media-default om_80x200mm_80x200mm
ATTR keyword media-ready om_80x200mm_80x200mm
ATTR collection media-size-supported {
  MEMBER rangeOfInteger x-dimension 5000-8000 MEMBER rangeOfInteger y-dimension 3000-100000
}, {
  MEMBER integer x-dimension 8000 MEMBER integer y-dimension 20000
}
ATTR collection media-col-default {
  MEMBER collection media-size { MEMBER integer x-dimension 8000 MEMBER integer y-dimension 20000 }
  MEMBER integer media-bottom-margin 0 MEMBER integer media-left-margin 0
  MEMBER integer media-right-margin 0 MEMBER integer media-top-margin 0
}
ATTR mimeMediaType document-format-supported application/pdf,application/octet-stream
ATTR mimeMediaType document-format-default application/pdf
"""
"""What a printer with a roll of 80 mm says of its paper, in hundredths of a millimetre."""
PAPER_PATH = """#!/bin/sh
[ "$(head -c 6 "$1")" = "STATE:" ] && {{ cat "$1" >&2; exit 0; }}
while [ -e {0}/busy ]; do sleep 0.05; done
[ -e {0}/jams ] && exit 1
name=$(date +%s%N)
cp "$1" {0}/$name.part && mv {0}/$name.part {0}/$name.pdf
"""


class RunningIppPrinter:
    """Keeps what it prints as files, in order of their names."""

    def __init__(self, folder: Path, bus: str) -> None:
        self.paper, self._spool, self._script = folder / "paper", folder / "spool", folder / "paper-path"
        self.paper.mkdir()
        self._spool.mkdir()
        self._script.write_text(PAPER_PATH.format(self.paper))
        self._script.chmod(0o755)
        self._roll = folder / "roll.conf"
        self._roll.write_text(ROLL)
        self._bus = bus
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.uri = f"ipp://127.0.0.1:{self._port}/ipp/print"
        self._process = ExitStack()

    def start(self) -> None:
        """Switch it on; off first, if it is on: then it knows of no trouble."""
        self._process.close()
        options = ["-p", str(self._port), "-d", str(self._spool), "-c", str(self._script)]
        options += ["-a", str(self._roll), "-r", "off", "--no-web-forms", "-v"]
        said = self._process.enter_context(
            _running([_found("ippeveprinter"), *options, "Kiosk"], DBUS_SYSTEM_BUS_ADDRESS=self._bus)
        )
        while "printer-uuid" not in (line := said()):
            assert line, "it ended before it listened"

    def stop(self) -> None:
        """Switch it off."""
        self._process.close()

    def papers(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.paper.glob("*.pdf"))]

    def clear(self) -> None:
        for path in self.paper.iterdir():
            path.unlink()

    def show(self, reason: str) -> None:
        """Have its paper path report, such as ``media-empty``; nobody but ``start`` takes that back.

        It is taken in when the job has ended.
        """
        about = [
            Attribute("printer-uri", URI, (self.uri,)),
            Attribute("requesting-user-name", NAME, ("test",)),
            Attribute("document-format", MIME_TYPE, ("application/pdf",)),
        ]
        message = request(PRINT_JOB, about, document=f"STATE: +{reason}\n".encode())
        headers = {"Content-Type": "application/ipp"}
        url = self.uri.replace("ipp:", "http:")
        assert answer(httpx.post(url, content=message, headers=headers, trust_env=False).content).accepted


@contextmanager
def ipp_printer_running(folder: Path) -> Iterator[RunningIppPrinter]:
    """Run one; without the distribution's packages (cups-ipp-utils, dbus-daemon) the test is skipped."""
    missing = [program for program in PROGRAMS if not _found(program)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    (folder / "bus.conf").write_text(BUS.format(folder))
    with _running(
        [_found("dbus-daemon"), f"--config-file={folder}/bus.conf", "--nofork", "--print-address"]
    ) as said:
        printer = RunningIppPrinter(folder, said())
        printer.start()
        try:
            yield printer
        finally:
            printer.stop()


def _found(program: str) -> str:
    return shutil.which(program, path=PATH) or ""


@contextmanager
def _running(command: list[str], **environment: str) -> Iterator[Callable[[], str]]:
    """Run a program; give what reads its next line, and read on what nobody asks for."""
    lines: Queue[str] = Queue()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    ) as process:

        def read_on() -> None:
            assert process.stdout
            for line in process.stdout:
                lines.put(line.strip())
            lines.put("")

        reader = threading.Thread(target=read_on)
        reader.start()
        try:
            yield lambda: lines.get(timeout=PATIENCE_SECONDS)
        finally:
            process.terminate()
            process.wait()
            reader.join()
