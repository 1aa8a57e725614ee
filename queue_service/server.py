"""Runs the service under uvicorn, in one process or several, until SIGTERM or Ctrl-C.

Stopping: no new connections, sockets closed with 1012 ("service restart"), requests under way
finished, then connections to the database given back.
"""

import asyncio
import os
from pathlib import Path

import click
import uvicorn

from queue_service.notices.ways import ways
from queue_service.platform.migrations import migrate
from queue_service.settings import Settings
from queue_service.shell import data_dir_option, shell_database, shell_settings

GRACE_SECONDS = 10
"""How long requests under way may take to finish."""
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep idle connections (nginx: 60 s), so that it is never us who hangs up first."""
PING_SECONDS = 20.0
"""A screen that does not answer a ping within the same time again counts as gone."""
LARGEST_MESSAGE_BYTES = 16 * 1024
"""Screens say who they are and nothing more; anybody may open a socket and send the first message."""
DSN_VARIABLE = "QUEUE_DATABASE_URL"


def serve(settings: Settings, dsn: str) -> None:
    """Serve until told to stop; ``dsn`` is the database's address."""
    os.environ[DSN_VARIABLE] = dsn
    # The file has been read; the processes that read the environment anew would find it named twice.
    os.environ.pop(f"{DSN_VARIABLE}_FILE", None)
    uvicorn.run(
        "queue_service.app:app_from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_max_size=LARGEST_MESSAGE_BYTES,
        # A thousand screens' short messages gain nothing from it and cost a compressor each.
        ws_per_message_deflate=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        access_log=False,
        log_config=None,
        server_header=False,
    )


@click.command("serve")
@data_dir_option
def serve_command(data_dir: Path | None) -> None:
    """Run the service until SIGTERM or Ctrl-C."""
    settings = shell_settings(data_dir)
    # What doesn't go together is named here, by the one process that has somebody reading.
    ways(settings)
    with shell_database(settings) as dsn:
        asyncio.run(migrate(dsn))
        serve(settings, dsn)
