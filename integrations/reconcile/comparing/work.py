"""Carries a comparison out, page by page, until it has ended or its time is up."""

import time
from collections.abc import Callable, Iterator

from django.db import transaction
from django.utils import timezone

from integrations.db.leases import LeaseLost
from integrations.errors import Rejected, Retry
from integrations.models import ComparisonPart, ComparisonRun
from integrations.models.comparison_runs import ComparisonState
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import Comparable
from integrations.reconcile.comparing import ends, parts, runs, settling
from integrations.reconcile.comparing.sides import Sides
from integrations.reconcile.paging import ahead, leases, reader
from integrations.reconcile.paging.slices import Slice, tried_again_at

Progress = Callable[[ComparisonPart], None]


def work(run_id: str, *, seconds: float, progress: Progress = lambda _part: None) -> bool:
    """Carries the comparison out for so long; returns whether there is more to do at once."""
    run = leases.claim(ComparisonRun, run_id, timezone.now())
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
        runs.settle(run, ComparisonState.FAILED, timezone.now(), run.connection.masked(str(failure)))
        return False
    finally:
        leases.release(run)


def _work(share: Slice[ComparisonRun], progress: Progress) -> bool:
    run = share.run
    if run.connection.status == ConnectionStatus.ARCHIVED:
        raise Rejected("The connection was deleted.")
    if run.connection.status != ConnectionStatus.ACTIVE:
        raise Retry(f"The connection is {run.connection.status}.")
    if runs.imports_now(run.connection):
        raise Retry(runs.IMPORTING.format(run.connection))
    is_read = run.state == ComparisonState.SETTLING
    for part in settling.settle(run) if is_read else _lists(run):
        progress(part)
        if share.is_over():
            return True
    if is_read:
        ends.end(run, timezone.now())
        return False
    runs.begin_settling(run, timezone.now())
    return runs.is_due(run.pk, timezone.now())


def _lists(run: ComparisonRun) -> Iterator[ComparisonPart]:
    found = parts.comparables(run.connection)
    for part in run.parts.filter(is_done=False):
        for _page in _pages(run, part, found[part.name]):
            yield part


def _pages(run: ComparisonRun, part: ComparisonPart, comparable: Comparable) -> Iterator[None]:
    sides, began = Sides(run.connection, comparable), time.monotonic()
    for read in ahead.pages(reader.reading(run.connection, comparable.read), part.cursor):
        compared = sides.compare(read.page.objects)
        with transaction.atomic():
            leases.extend(run, timezone.now())
            parts.keep(part, read, {provider_id for provider_id, found in compared.items() if found})
            parts.turn(part, read, time.monotonic() - began)
        began = time.monotonic()
        yield
