"""A backup of the test's database, by PostgreSQL's own programs, and what goes on after it was restored."""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection as database
from django.db.models import F
from django.utils import timezone

from devstack import postgres
from integrations.gateway import epochs
from integrations.models import Connection, ImportRun, InboundEvent, OutboundSync, WriteEpoch
from integrations.outbox import worker
from integrations.providers.stripe.tests.catching_up.polls import Polls
from integrations.reconcile.importing import work
from integrations.reconcile.recovering import recoveries
from integrations.tests.workers import database_url

ROUNDS = 30
# What operators read, and the commands in it.
PAGE = settings.BASE_DIR / "docs/restore.md"
COMMANDS = re.compile(r"^ *```sh\n(.+?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass
class Backups:
    """``polls``: of the connection, by the simulator's time."""

    folder: Path
    polls: Polls

    def dump(self) -> None:
        """Dumps the database into a file, as the documentation says."""
        self._run(0)

    def restore(self) -> None:
        """Puts the dump in the place of all that the database has; workers are started anew after it."""
        database.close()
        self._run(1)
        epochs.forget()

    def minutes_pass(self) -> None:
        """Lets so much time pass that the next write begins another epoch; by FlexSync's clock alone."""
        WriteEpoch.objects.update(began_at=F("began_at") - 2 * epochs.EPOCH)
        epochs.forget()

    def push(self, most: int = 1000) -> None:
        """Delivers what is due, as workers do."""
        for sync in OutboundSync.objects.filter(state__in=["pending", "sending"]).order_by("pk")[:most]:
            OutboundSync.objects.filter(pk=sync.pk).update(next_attempt_at=None, leased_until=None)
            worker.deliver(sync.pk, now=timezone.now())

    def beat(self) -> None:
        """What beat and workers do in some minutes: polls, recoveries, imports."""
        recoveries.follow(timezone.now())
        for run in ImportRun.objects.filter(state="running"):
            work.work(run.pk, seconds=60)
        self.polls.after(minutes=4)
        self.polls.apply()
        recoveries.follow(timezone.now() + timedelta(minutes=4))

    def go_on(self) -> None:
        """Lets everything run until nothing is left to do."""
        for _ in range(ROUNDS):
            self.push()
            self.beat()
            if not self.unsettled():
                return
        raise AssertionError(f"Still not settled: {self.unsettled()}")

    def unsettled(self) -> Sequence[tuple[str, ...]]:
        """What waits, each with its reason."""
        waiting = [("recovering", one.pk) for one in Connection.objects.exclude(recovering_since=None)]
        events = InboundEvent.objects.filter(state="pending").values_list("type", "reason")
        syncs = OutboundSync.objects.exclude(state__in=["done", "cancelled"])
        return [*waiting, *events, *syncs.values_list("entity_id", "state", "last_error")]

    def _run(self, place: int) -> None:
        """Runs the commands at that place of the page."""
        commands = COMMANDS.findall(PAGE.read_text())[place]
        path = f"{postgres.programs()}{os.pathsep}{os.environ['PATH']}"
        variables = os.environ | {"PATH": path, "DATABASE_URL": database_url()}
        subprocess.run(["sh", "-ec", commands], cwd=self.folder, env=variables, check=True)
