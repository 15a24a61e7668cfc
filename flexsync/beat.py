"""Beat's scheduler: Celery's database scheduler, of which one works at a time, checked before it begins."""

from typing import Any

import structlog
from celery import platforms
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django_celery_beat.schedulers import DatabaseScheduler

from flexsync import startup
from integrations.processes.single import Single

log = structlog.get_logger(__name__)


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # it has no types
    """Others wait, and one of them goes on within BEAT_LEASE_SECONDS after this one has died."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Ends the process where it could not serve: this is the first that it does with the database."""
        startup.check()
        self._single = Single("beat", seconds=settings.BEAT_LEASE_SECONDS)
        self._is_behind = False
        # For its heartbeat.
        self.turns = 0
        # Whether it is at something that a signal must not break into.
        self.is_busy = False
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> float:
        """Sends what is due; returns the seconds until the next look, at least three for each lease.

        While the database does not answer nothing is sent.
        """
        self.turns += 1
        self.is_busy = True
        try:
            return self._tick(*args, **options)
        except (DatabaseError, InterfaceError) as error:
            log.warning("beat_waits_for_database", error=type(error).__name__)
            connection.close()
            self._is_behind = True
            return _pause()
        finally:
            self.is_busy = False

    def _tick(self, *args: Any, **options: Any) -> float:
        if not self._single.is_ours():
            if not self._single.taken():
                return _pause()
            self._is_behind = True
        if self._is_behind:
            self._read_again()
            self._is_behind = False
        return float(min(super().tick(*args, **options), settings.BEAT_LEASE_SECONDS / 3))

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Sends one, unless another process has begun meanwhile: this one may have been frozen for long."""
        if self._single.is_ours():
            super().apply_entry(entry, producer=producer)

    def sync(self) -> None:
        """Writes when each was sent, which whoever comes next begins with."""
        was_busy, self.is_busy = self.is_busy, True
        try:
            if self._single.holder:
                super().sync()
        finally:
            self.is_busy = was_busy

    def close(self) -> None:
        self.is_busy = True
        super().close()
        self._single.release()

    def _read_again(self) -> None:
        """When each was sent last is what the database says, not what this process remembers."""
        self._dirty.clear()
        self._initial_read, self._heap = True, None
        # Else it would begin anew after the first that it sends, and send that again.
        self._last_timestamp, self._heap_invalidated = self.Changes.last_change(), False


def stop_between_turns(service: Any) -> None:
    """Has a signal end beat while it waits, else after what it is at; ``service``: Celery's.

    Celery's own handler uses the database at once, also where the signal has broken into a statement: that
    one then waits for itself for ever.
    """

    def stop(_number: int, _frame: object) -> None:
        service.stop()
        if not service.scheduler.is_busy:
            raise SystemExit

    platforms.signals.update(SIGTERM=stop, SIGINT=stop)


def _pause() -> float:
    """Seconds until the next look of one that may not send."""
    return float(min(1.0, settings.BEAT_LEASE_SECONDS / 5))
