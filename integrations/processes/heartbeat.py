"""A process says every ten seconds that it lives, by a thread that no request and no task waits for."""

import os
import socket
import threading
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from integrations.models import Process

SECONDS = 10.0

log = structlog.get_logger(__name__)


def start(kind: str, *, name: str = "", version: str = "") -> None:
    """Begins for this process, in which it goes on to the end; call it after the last fork."""
    host, now = socket.gethostname(), timezone.now()
    row = Process(
        kind=kind,
        name=name or f"{kind}@{host}",
        host=host,
        pid=os.getpid(),
        version=version,
        started_at=now,
    )
    threading.Thread(target=_go_on, args=[row], name="heartbeat", daemon=True).start()


def _go_on(row: Process) -> None:
    written = True
    pause = threading.Event()
    while True:
        before, written = written, write(row, timezone.now(), is_first_failure=written)
        if written and not before:
            log.info("heartbeat_written_again")
        pause.wait(SECONDS)


def write(row: Process, now: datetime, *, is_first_failure: bool = True) -> bool:
    """Writes the row; tells whether it could. It keeps no connection: there may be many processes."""
    row.seen_at = now
    try:
        Process.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["id"], update_fields=["seen_at"]
        )
    except (DatabaseError, InterfaceError) as error:
        if is_first_failure:
            log.warning("heartbeat_not_written", error=type(error).__name__)
        return False
    finally:
        connection.close()
    return True
