"""Keeps a second process from doing what only one may do: the second waits until the first says no more."""

from datetime import timedelta
from typing import Any, cast

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now

from integrations.db import leases
from integrations.models import ProcessLease

# The database's clock, which all processes share.
NOW = cast(Any, Now())

log = structlog.get_logger(__name__)


class Single:
    """This process's part in it. While the database does not answer, no process has the lease."""

    def __init__(self, name: str, *, seconds: float) -> None:
        """``seconds``: how long another one waits after the last sign of life."""
        self.name, self._length = name, timedelta(seconds=seconds)
        self._rows = ProcessLease.objects.filter(name=name)
        self.holder = ""
        self._waits = False

    def is_ours(self) -> bool:
        """A sign of life; tells whether this process has had the lease ever since it took it."""
        try:
            return bool(self.holder) and self._extend()
        except (DatabaseError, InterfaceError) as error:
            self._failed(error)
            return False

    def taken(self) -> bool:
        """Takes the lease if no other process has it; tells whether it did."""
        try:
            ProcessLease.objects.get_or_create(name=self.name)
            if leases.take(self._rows, NOW, self._length):
                self.holder = self._rows.get().lease_holder
        except (DatabaseError, InterfaceError) as error:
            self._failed(error)
        if self.holder or not self._waits:
            log.info("lease_taken" if self.holder else "waits_for_lease", name=self.name)
        self._waits = not self.holder
        return bool(self.holder)

    def release(self) -> None:
        """Lets another one begin at once."""
        try:
            leases.release(self._rows, self.holder or "nobody")
        except (DatabaseError, InterfaceError) as error:
            self._failed(error)
        self.holder = ""

    def _extend(self) -> bool:
        try:
            leases.extend(self._rows, self.holder, NOW, self._length)
        except leases.LeaseLost:
            log.warning("lease_lost", name=self.name)
            self.holder = ""
        return bool(self.holder)

    def _failed(self, error: Exception) -> None:
        log.warning("lease_unknown", name=self.name, error=type(error).__name__)
        connection.close()
