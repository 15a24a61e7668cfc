"""Lets each process that serves or works say that it lives."""

from typing import Any

from celery.worker import state
from django.conf import settings

from integrations.processes import heartbeat


def of_gunicorn(worker: Any) -> None:
    """``worker``: one of gunicorn's, which notes each turn of its main loop for its master, too."""
    _start(turns=worker.tmp.last_update)


def of_worker(consumer: Any) -> None:
    """``consumer``: flexsync.consumer.Consumer, which counts its turns."""
    _start(turns=lambda: consumer.turns, ended=_ended, name=consumer.hostname)


def of_beat(service: Any) -> None:
    """``service``: Celery's, whose scheduler counts its turns."""
    _start(turns=lambda: service.scheduler.turns)


def _start(**counters: Any) -> None:
    """Begins for this process, if it says which it is."""
    if settings.PROCESS != "command":
        heartbeat.start(settings.PROCESS, version=settings.VERSION, **counters)


def _ended() -> int:
    """How many of the tasks that this worker's processes have begun are not under way any more."""
    return int(state.all_total_count[0]) - len(state.active_requests)
