"""Carries an import out, page by page, until it has ended or its time is up."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from integrations.errors import Rejected, Retry
from integrations.gateway.backoff import next_attempt
from integrations.gateway.guarded import GuardedGateway
from integrations.models import ImportPart, ImportRun
from integrations.models.connections import ConnectionStatus
from integrations.models.imports import ImportState
from integrations.models.outbound import Priority
from integrations.provider_api import Listing
from integrations.reconcile.importing import ahead, leases, pages, parts, previews, runs
from integrations.reconcile.importing.ahead import Read, ReadAt
from integrations.reconcile.importing.batch import Objects
from integrations.reconcile.importing.patience import patiently
from integrations.reconcile.importing.results import Result

# After a failure of the provider's: the first wait (seconds, doubled each time), and how often it is tried.
FIRST_WAIT, MAX_FAILURES = 5.0, 12


@dataclass(frozen=True)
class Slice:
    """One worker's share: ``until`` (monotonic seconds) no other page begins."""

    run: ImportRun
    until: float

    def is_over(self) -> bool:
        """Whether another worker is to go on."""
        return time.monotonic() >= self.until


def work(run_id: str, *, seconds: float, progress: Callable[[ImportPart], None] = lambda _part: None) -> bool:
    """Carries the import out for so long; returns whether there is more to do at once."""
    now = timezone.now()
    run = leases.claim(run_id, now)
    if run is None:
        return False
    try:
        return _work(Slice(run, time.monotonic() + seconds), progress)
    except leases.Stopped:
        return False
    except Retry as failure:
        runs.postpone(run, str(failure), _next(run, failure))
        return False
    except Rejected as failure:
        runs.settle(run, ImportState.FAILED, timezone.now(), run.connection.masked(str(failure)))
        return False
    finally:
        leases.release(run)


def _next(run: ImportRun, failure: Retry) -> datetime | None:
    if run.failures + 1 >= MAX_FAILURES:
        return None
    return next_attempt(timezone.now(), run.failures + 1, first=FIRST_WAIT, after=failure.after)


def _work(share: Slice, progress: Callable[[ImportPart], None]) -> bool:
    run = share.run
    if run.connection.status != ConnectionStatus.ACTIVE:
        raise Retry(f"The connection is {run.connection.status}.")
    listings = parts.listings(run.connection)
    for part in run.parts.filter(is_done=False):
        for _page in _pages(share, part, listings[part.name]):
            progress(part)
            if share.is_over():
                return True
    runs.settle(run, ImportState.DONE, timezone.now())
    return False


def _pages(share: Slice, part: ImportPart, listing: Listing) -> Iterator[None]:
    began = time.monotonic()
    for read in ahead.pages(_reader(share.run, listing), part.cursor):
        _apply(share.run, part, listing, read)
        with transaction.atomic():
            leases.extend(share.run, timezone.now())
            parts.turn(part, read.page.cursor, time.monotonic() - began)
        began = time.monotonic()
        yield


def _apply(run: ImportRun, part: ImportPart, listing: Listing, read: Read) -> None:
    def settle(results: Sequence[Result]) -> None:
        leases.extend(run, timezone.now())
        parts.add(run, part, results)

    settled = set(part.settled)
    page = [one for one in read.page.objects if str(one["id"]) not in settled]
    objects = Objects(run.connection, listing, read.asked_at)
    if run.dry_run:
        with transaction.atomic():
            settle(previews.of(objects, page))
    else:
        pages.apply(objects, page, timezone.now(), settle)


def _reader(run: ImportRun, listing: Listing) -> ReadAt:
    """Reads pages at the lowest priority, and notes the time of each by the database's clock."""
    gateway, offset = GuardedGateway(run.connection, Priority.BACKFILL), _clock_offset()

    def read(cursor: str) -> Read:
        def call() -> Read:
            asked_at = timezone.now() + offset
            return Read(listing.read(gateway, cursor=cursor, since=run.since), asked_at, cursor)

        return patiently(call)

    return read


def _clock_offset() -> timedelta:
    with database.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [there] = cursor.fetchone()
    offset: timedelta = there - timezone.now()
    return offset
