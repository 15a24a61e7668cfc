"""Carries an import out, page by page, until it has ended or its time is up."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from integrations.db.leases import LeaseLost
from integrations.errors import Rejected, Retry
from integrations.models import ImportPart, ImportRun
from integrations.models.connections import ConnectionStatus
from integrations.models.imports import ImportState, LinkingState
from integrations.provider_api import Gateway, Listing, Page, Window
from integrations.reconcile.importing import pages, parts, previews, runs
from integrations.reconcile.importing.batch import Objects
from integrations.reconcile.importing.results import Result
from integrations.reconcile.linking import candidates, reading
from integrations.reconcile.paging import leases, reader
from integrations.reconcile.paging.ahead import Ahead, Read, ReadAt
from integrations.reconcile.paging.slices import Slice, tried_again_at
from integrations.reconcile.paging.spans import Span, Spans


def work(run_id: str, *, seconds: float, progress: Callable[[ImportPart], None] = lambda _part: None) -> bool:
    """Carries the import out for so long; returns whether there is more to do at once."""
    now = timezone.now()
    run = leases.claim(ImportRun, run_id, now)
    if run is None:
        return False
    try:
        return _work(Slice(run, time.monotonic() + seconds), progress)
    except LeaseLost:
        return False
    except Retry as failure:
        runs.postpone(run, str(failure), tried_again_at(run.failures, failure))
        return False
    except Rejected as failure:
        _fail(run, failure)
        return False
    finally:
        leases.release(run)


def _fail(run: ImportRun, failure: Rejected) -> None:
    """Ends it; where links were asked for it is paused instead, so that no decision is forgotten."""
    if run.linking:
        runs.postpone(run, str(failure), None)
    else:
        runs.settle(run, ImportState.FAILED, timezone.now(), run.connection.masked(str(failure)))


def _work(share: Slice[ImportRun], progress: Callable[[ImportPart], None]) -> bool:
    run = share.run
    if run.connection.status != ConnectionStatus.ACTIVE:
        raise Retry(f"The connection is {run.connection.status}.")
    listings = parts.listings(run.connection)
    if _find_candidates(share, listings):
        return True
    if run.state != ImportState.RUNNING:
        return False
    for part in run.parts.filter(is_done=False):
        for _page in _pages(share, part, listings[part.name]):
            progress(part)
        if share.is_over() or not part.is_done:
            return True
    runs.settle(run, ImportState.DONE, timezone.now())
    return False


def _find_candidates(share: Slice[ImportRun], listings: Mapping[str, Listing]) -> bool:
    """Looks for link candidates until a person is asked; returns whether another worker is to go on."""
    run = share.run
    while run.linking == LinkingState.READING:
        for part in reading.parts(run):
            _candidates(share, part, listings[part.name])
            if share.is_over():
                return True
        with transaction.atomic():
            leases.extend(run, timezone.now())
            reading.end(run)
    return False


def _ahead(share: Slice[ImportRun], part: ImportPart, listing: Listing) -> Ahead:
    """Reads what is left of the part; what was read by the end of the slice is applied as well."""
    run = share.run

    def read_of(window: Window) -> ReadAt:
        def page(gateway: Gateway, cursor: str) -> Page:
            return listing.read(gateway, cursor=cursor, since=run.since, window=window)

        return reader.reading(run.connection, page)

    return Ahead(read_of, Spans(map(Span.of, part.spans)), is_over=share.is_over)


def _pages(share: Slice[ImportRun], part: ImportPart, listing: Listing) -> Iterator[None]:
    began, ahead = time.monotonic(), _ahead(share, part, listing)
    for read in ahead.pages():
        _apply(share.run, part, listing, read)
        with transaction.atomic():
            leases.extend(share.run, timezone.now())
            parts.turn(part, read.page.objects, ahead.left(read), time.monotonic() - began)
        began = time.monotonic()
        yield


def _candidates(share: Slice[ImportRun], part: ImportPart, listing: Listing) -> None:
    """Looks page by page for rows that the list's objects may be."""
    ahead = _ahead(share, part, listing)
    for read in ahead.pages():
        with transaction.atomic():
            leases.extend(share.run, timezone.now())
            candidates.find(share.run, listing, read.page.objects)
            parts.links_turn(part, ahead.left(read))


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
