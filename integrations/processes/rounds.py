"""What beat does again and again in a thread of its own: it goes on also when no worker lives."""

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from integrations.processes.single import Single

# How many rounds long another beat waits after the last one of this.
LEASE_IN_ROUNDS = 3

Work = Callable[[datetime], object]
log = structlog.get_logger(__name__)


def start(name: str, work: Work, *, seconds: float) -> None:
    """Begins in this process, in which it goes on to the end; ``seconds`` between two rounds."""
    threading.Thread(target=_go_on, args=[name, work, seconds], name=name, daemon=True).start()


def _go_on(name: str, work: Work, seconds: float) -> None:
    single, pause = Single(name, seconds=LEASE_IN_ROUNDS * seconds), threading.Event()
    while True:
        go_round(single, work)
        connection.close()
        pause.wait(seconds)


def go_round(single: Single, work: Work) -> None:
    """Works once, if no other beat does."""
    try:
        if single.is_ours() or single.taken():
            work(timezone.now())
    except (DatabaseError, InterfaceError) as error:
        log.warning("round_waits_for_database", name=single.name, error=type(error).__name__)
