"""Looks every minute, in a thread of beat: so that people also hear of it when no worker lives."""

import threading

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from integrations.alerts import watching
from integrations.processes.single import Single

# How many looks long another beat waits after the last one of this.
LEASE_IN_LOOKS = 3

log = structlog.get_logger(__name__)


def start() -> None:
    """Begins in this process, in which it goes on to the end."""
    threading.Thread(target=_go_on, name="alerts", daemon=True).start()


def _go_on() -> None:
    seconds = settings.ALERTS_SECONDS
    single, pause = Single("alerts", seconds=LEASE_IN_LOOKS * seconds), threading.Event()
    while True:
        look(single)
        connection.close()
        pause.wait(seconds)


def look(single: Single) -> None:
    """Looks once, if no other beat does."""
    try:
        if single.is_ours() or single.taken():
            watching.look(timezone.now())
    except (DatabaseError, InterfaceError) as error:
        log.warning("alerts_wait_for_database", error=type(error).__name__)
