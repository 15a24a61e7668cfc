"""Which processes have fallen silent or do nothing, and which of their rows nobody needs any more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from integrations.models import Process
from integrations.models.processes import ProcessKind

# Without these nothing is sent, applied or swept; the others are missed only where they were seen.
NEEDED = (ProcessKind.WORKER, ProcessKind.BEAT)
# Six heartbeats; and how long the row of a process is kept after its last one.
SILENT_AFTER, KEPT_FOR = timedelta(seconds=60), timedelta(days=1)
# Beat gives workers two tasks a minute at least, and ten unless its schedule was changed.
IDLE_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class Signs:
    """The last ones of a kind; ``worked_at``: when a task has ended in one of them, None of other kinds."""

    seen_at: datetime
    worked_at: datetime | None


def newest() -> dict[str, Signs]:
    """By kind."""
    rows = Process.objects.order_by().values_list("kind").annotate(Max("seen_at"), Max("worked_at"))
    return {kind: Signs(seen_at, worked_at) for kind, seen_at, worked_at in rows}


def silent(last: dict[str, Signs], now: datetime) -> dict[str, datetime | None]:
    """The kinds of which no process lives, and when the last one did, None for never.

    None is missed where no process has ever said anything, as in a shell or a test.
    """
    kinds: Iterable[str] = dict.fromkeys([*NEEDED, *last]) if last else ()
    seen = {kind: last[kind].seen_at if kind in last else None for kind in kinds}
    return {kind: at for kind, at in seen.items() if at is None or at < now - SILENT_AFTER}


def idle(last: dict[str, Signs], now: datetime) -> datetime | None:
    """Since when no task has ended although workers live, and beat, which gives them some; else None."""
    if not last or silent(last, now).keys() & set(NEEDED):
        return None
    worked_at = last[ProcessKind.WORKER].worked_at
    return worked_at if worked_at and worked_at < now - IDLE_AFTER else None


def forget(now: datetime) -> int:
    """Deletes the rows of processes that have been silent for a day, but for the last of those needed."""
    last = Process.objects.filter(kind__in=NEEDED).order_by("kind", "-seen_at").distinct("kind")
    old = Process.objects.filter(seen_at__lt=now - KEPT_FOR)
    deleted, _ = old.exclude(pk__in=list(last.values_list("pk", flat=True))).delete()
    return deleted
