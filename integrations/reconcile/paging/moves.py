"""Long work is begun, paused, resumed, ended, and tried again: one at a time for each connection."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q

from billing.errors import Conflict
from integrations.db import leases
from integrations.errors import Rejected
from integrations.models import Connection
from integrations.models.long_runs import LongRun
from integrations.models.outbound import Priority
from integrations.queue import dispatch

RunT = TypeVar("RunT", bound=LongRun)


@dataclass(frozen=True)
class Moves(Generic[RunT]):
    """One kind of run. ``noun``: as people call it, ``of``: with what comes before a connection's name.
    ``task``: the message that lets a worker go on.

    ``goes_on``(paused run): the state in which it goes on, and when, None for at once. ``ended``(run as it is
    settled, now): what follows from its end, in the same transaction.
    """

    model: type[RunT]
    noun: str
    of: str
    task: str
    goes_on: Callable[[RunT], tuple[str, datetime | None]]
    ended: Callable[[RunT, datetime], None]

    @property
    def open_code(self) -> str:
        """The error's code where another one is open."""
        return f"{self.noun}_open"

    @property
    def settled_code(self) -> str:
        """The error's code where it has ended."""
        return f"{self.noun}_settled"

    @property
    def rows(self) -> Any:
        """All of the kind."""
        return self.model._default_manager

    @contextmanager
    def beginning(self, connection: Connection) -> Iterator[None]:
        """A transaction that stores a new one; raises Conflict while another one is open."""
        try:
            with transaction.atomic():
                yield
        except IntegrityError:
            raise Conflict(
                f"{self.of} {connection} is open: wait until it has ended, or cancel it.",
                code=self.open_code,
            ) from None

    def open(self, run_id: str) -> RunT:
        """The run, locked; raises Rejected for one that has ended."""
        run: RunT | None = self.rows.select_for_update().filter(pk=run_id).first()
        if run is None or run.settled_at is not None:
            state = run.state if run else "deleted"
            raise Rejected(
                f"This {self.noun} is {state} already, so it cannot be paused, resumed or cancelled."
            )
        return run

    def move(self, run: RunT, state: str, at: datetime | None = None) -> RunT:
        """Gives an open one that state, in which it goes on ``at`` that time, at once unless given."""
        run.state, run.failures, run.reason, run.next_attempt_at = state, 0, "", at
        run.save(update_fields=["state", "failures", "reason", "next_attempt_at"])
        return run

    def pause(self, run_id: str) -> RunT:
        """Begins no other page until it is resumed. Raises Rejected for one that has ended."""
        with transaction.atomic():
            return self.move(self.open(run_id), LongRun.PAUSED)

    def resume(self, run_id: str) -> RunT:
        """Goes on where it was paused. Raises Rejected for one that has ended."""
        with transaction.atomic():
            run = self.open(run_id)
            state, at = self.goes_on(run)
            if state in self.model.WORKED:
                transaction.on_commit(partial(self.notify, run.pk))
            return self.move(run, state, at)

    def cancel(self, run_id: str, now: datetime) -> RunT:
        """Ends it; what was done stays. Raises Rejected for one that has ended."""
        with transaction.atomic():
            run = self.open(run_id)
            self._end(run, "cancelled", now, "")
        return run

    def settle(self, run: RunT, state: str, now: datetime, reason: str = "") -> None:
        """Ends one that this worker has, unless a person did so meanwhile."""
        with transaction.atomic():
            held = self.rows.select_for_update().filter(pk=run.pk, settled_at=None)
            if current := held.first():
                self._end(current, state, now, reason)

    def _end(self, run: RunT, state: str, now: datetime, reason: str) -> None:
        run.state, run.settled_at, run.reason, run.next_attempt_at = state, now, reason, None
        run.save(update_fields=["state", "settled_at", "reason", "next_attempt_at"])
        self.ended(run, now)

    def postpone(self, run: RunT, reason: str, at: datetime | None) -> None:
        """Goes on ``at`` that time; paused where it is None, because it was tried often enough."""
        with transaction.atomic():
            current = self.rows.select_for_update().get(pk=run.pk)
            current.reason, current.next_attempt_at = run.connection.masked(reason), at
            current.failures = current.failures + 1 if at else 0
            if at is None and current.state in self.model.WORKED:
                current.state = LongRun.PAUSED
            current.save(update_fields=["reason", "next_attempt_at", "failures", "state"])

    def due(self, now: datetime) -> list[RunT]:
        """Those that no worker has, and that need not wait."""
        ready = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
        return list(self.rows.filter(leases.free(now), ready, state__in=self.model.WORKED))

    def notify(self, run_id: str) -> None:
        """Notifies a worker; a second message for the same one does nothing."""
        dispatch.send(self.task, run_id, priority=Priority.BACKFILL)
