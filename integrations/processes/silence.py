"""Which kinds of processes have fallen silent, and which rows of processes nobody needs any more."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max

from integrations.models import Process
from integrations.models.processes import ProcessKind

# Without these nothing is sent, applied or swept; the others are missed only where they were seen.
NEEDED = (ProcessKind.WORKER, ProcessKind.BEAT)
# Six heartbeats; and how long the row of a process is kept after its last one.
SILENT_AFTER, KEPT_FOR = timedelta(seconds=60), timedelta(days=1)


def newest() -> dict[str, datetime]:
    """The last sign of life of each kind."""
    return dict(Process.objects.order_by().values_list("kind").annotate(at=Max("seen_at")))


def silent(now: datetime) -> dict[str, datetime | None]:
    """The kinds of which no process lives, and when the last one did, None for never.

    None is missed where no process has ever said anything, as in a shell or a test.
    """
    last = newest()
    kinds: Iterable[str] = dict.fromkeys([*NEEDED, *last]) if last else ()
    return {kind: last.get(kind) for kind in kinds if kind not in last or last[kind] < now - SILENT_AFTER}


def forget(now: datetime) -> int:
    """Deletes the rows of processes that have been silent for a day, but for the last of those needed."""
    last = Process.objects.filter(kind__in=NEEDED).order_by("kind", "-seen_at").distinct("kind")
    old = Process.objects.filter(seen_at__lt=now - KEPT_FOR)
    deleted, _ = old.exclude(pk__in=list(last.values_list("pk", flat=True))).delete()
    return deleted
