"""A process says every ten seconds that it lives, while its main loop turns; a worker also when it worked."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from integrations.models import Process

# Between two; and between two looks whether the main loop has turned.
SECONDS, LOOK_SECONDS = 10.0, 1.0

# What grows: whenever the main loop turns, and whenever a task ends.
Counter = Callable[[], float]

log = structlog.get_logger(__name__)


class Heartbeat:
    """Of this process; ``turns``, and in a worker ``ended``, are counted by its main loop."""

    def __init__(self, row: Process, turns: Counter, ended: Counter | None = None) -> None:
        self.row = row
        self._turns, self._ended = turns, ended
        self._turned, self._done = turns(), ended() if ended else 0
        self._is_written = True

    def beat(self, now: datetime) -> bool:
        """Writes the row if the main loop has turned since the last time; tells whether it has."""
        turned = self._turns()
        if turned == self._turned:
            return False
        self._turned = turned
        self._note_work(now)
        before, self._is_written = self._is_written, write(self.row, now, is_first_failure=self._is_written)
        if self._is_written and not before:
            log.info("heartbeat_written_again")
        return True

    def _note_work(self, now: datetime) -> None:
        if self._ended and (done := self._ended()) != self._done:
            self._done, self.row.worked_at = done, now


def start(
    kind: str, *, turns: Counter, ended: Counter | None = None, name: str = "", version: str = ""
) -> None:
    """Begins for this process, in which it goes on to the end; call it after the last fork."""
    host, now = socket.gethostname(), timezone.now()
    row = Process(
        kind=kind,
        name=name or f"{kind}@{host}",
        host=host,
        pid=os.getpid(),
        version=version,
        started_at=now,
        # One that never works is missed as well.
        worked_at=now if ended else None,
    )
    heartbeat = Heartbeat(row, turns, ended)
    threading.Thread(target=_go_on, args=[heartbeat], name="heartbeat", daemon=True).start()


def _go_on(heartbeat: Heartbeat) -> None:
    """In a thread of its own: the main loop does not wait for the database."""
    pause = threading.Event()
    while True:
        pause.wait(SECONDS if heartbeat.beat(timezone.now()) else LOOK_SECONDS)


def write(row: Process, now: datetime, *, is_first_failure: bool = True) -> bool:
    """Writes the row; tells whether it could. It keeps no connection: there may be many processes."""
    row.seen_at = now
    try:
        Process.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["id"], update_fields=["seen_at", "worked_at"]
        )
    except (DatabaseError, InterfaceError) as error:
        if is_first_failure:
            log.warning("heartbeat_not_written", error=type(error).__name__)
        return False
    finally:
        connection.close()
    return True
