"""Reading an office's set-up: YAML in, checked and completed Structs or all mistakes out.

One file may hold any part (authorities, services, offices); several files are read as one.
Nothing here touches a disk or a database: the caller hands in texts and what is installed.
"""

from collections.abc import Mapping

import msgspec

from queue_service.offices.setup_model import NOTHING_KNOWN, Known, Setup


class Mistake(msgspec.Struct, frozen=True, order=True):
    """One thing wrong in a file, where it stands (line and column from 1) and what is allowed."""

    file: str
    line: int
    column: int
    path: str
    """Where in the structure: ``offices[0].counters[3].services[1]``."""
    message: str

    def __str__(self) -> str:
        """Give one line as compilers do, which editors can jump to."""
        return f"{self.file}:{self.line}:{self.column}: {self.path or 'file'}: {self.message}"


class SetupError(Exception):
    """The set-up can't be applied; ``mistakes`` names all of them, in the order of the files."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        """Keep ``mistakes``, of which there is at least one."""
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def read_setup(files: Mapping[str, str], known: Known = NOTHING_KNOWN) -> Setup:
    """Read the texts of ``files`` (by file name) as one set-up.

    Raises SetupError with every mistake of every file; nothing else, whatever the texts are.
    """
    raise NotImplementedError
