"""Children that do not outlive their parent, however it ends."""

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
"""From Linux's prctl(2): the signal that the kernel sends to a process when its parent dies."""


def end_with_parent(by: signal.Signals) -> Callable[[], None]:
    """Return a ``preexec_fn`` that makes the child receive ``by`` when this process dies.

    The parent must start it from a thread that lives as long as itself: the kernel watches the thread.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, by)
        if os.getppid() != parent:
            os.kill(os.getpid(), by)

    return before_exec
