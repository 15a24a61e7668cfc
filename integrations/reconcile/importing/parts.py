"""How far each list of an import is: written with what was done, so that a killed worker leaves it true."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from billing.events import Kind
from integrations.models import Connection, ImportFinding, ImportPart, ImportRun
from integrations.models.imports import ImportOutcome
from integrations.provider_api import Json, Listing, registry
from integrations.reconcile.importing.results import SAMPLES, SHOWN, Result
from integrations.reconcile.paging.spans import Span


def listings(connection: Connection) -> Mapping[str, Listing]:
    """The provider's lists by name, in their order."""
    return {one.name: one for one in registry.provider(connection.provider).listings}


def make(run: ImportRun, names: Sequence[str], linked: Collection[Kind]) -> None:
    """The parts of a new import: of all lists, or of those that are named.

    ``linked``: the kinds of which link candidates are looked for first.
    """
    found = listings(run.connection)
    ImportPart.objects.bulk_create(
        ImportPart(
            run=run,
            position=position,
            name=listing.name,
            entity_type=listing.kind,
            left_out=(reason := _left_out(run.connection, listing, names)),
            is_done=bool(reason),
            links_read=bool(reason) or listing.clues is None or listing.kind not in linked,
            expected=_found_before(run, listing.name),
        )
        for position, listing in enumerate(found.values())
    )


def _left_out(connection: Connection, listing: Listing, names: Sequence[str]) -> str:
    if names and listing.name not in names:
        return "It was not asked for."
    return "" if getattr(connection, listing.switch) else f"{listing.switch} is off for this connection."


def _found_before(run: ImportRun, name: str) -> int | None:
    """How many objects the last import of this list has found, where it left out as many."""
    before = ImportPart.objects.filter(run__connection=run.connection, name=name, is_done=True, left_out="")
    dated = before.filter(run__since__isnull=run.since is None).order_by("-run__created_at").first()
    return found(dated) if dated else None


def found(part: ImportPart) -> int:
    """How many objects of the list are settled."""
    return sum(getattr(part, outcome.value) for outcome in ImportOutcome)


def add(run: ImportRun, part: ImportPart, results: Sequence[Result]) -> None:
    """Counts results of the page under way, once: those of a page that is read again are left out before."""
    counts = {outcome.value: 0 for outcome in ImportOutcome}
    for one in results:
        counts[one.outcome.value] += 1
    for name, count in counts.items():
        setattr(part, name, getattr(part, name) + count)
    part.settled = [*part.settled, *(one.provider_id for one in results)]
    part.samples = _with_samples(part.samples, results)
    part.save(update_fields=[*counts, "settled", "samples"])
    _record(run, part, [one for one in results if one.outcome in SHOWN])


def _with_samples(samples: dict[str, Any], results: Iterable[Result]) -> dict[str, Any]:
    more = {name: list(shown) for name, shown in samples.items()}
    for one in results:
        shown = more.setdefault(one.outcome.value, [])
        if len(shown) < SAMPLES:
            shown.append([one.provider_id, one.label])
    return more


def _record(run: ImportRun, part: ImportPart, results: Sequence[Result]) -> None:
    ImportFinding.objects.bulk_create(
        (
            ImportFinding(
                run=run,
                entity_type=part.entity_type,
                provider_entity_id=one.provider_id,
                entity_id=one.entity_id,
                label=one.label,
                outcome=one.outcome,
                reason=one.reason,
            )
            for one in results
        ),
        ignore_conflicts=True,
    )


def turn(part: ImportPart, page: Sequence[Json], left: Sequence[Span], seconds: float) -> None:
    """The page is settled, and ``left`` is still to be read."""
    ids = {str(one["id"]) for one in page}
    part.settled = [id for id in part.settled if id not in ids] if left else []
    part.spans, part.is_done = [span.saved() for span in left], not left
    part.pages, part.seconds = part.pages + 1, part.seconds + seconds
    part.save(update_fields=["spans", "settled", "is_done", "pages", "seconds"])


def links_turn(part: ImportPart, left: Sequence[Span]) -> None:
    """The page was read for link candidates."""
    part.spans, part.links_read = [span.saved() for span in left], not left
    part.save(update_fields=["spans", "links_read"])


def read_whole(run: ImportRun) -> set[str]:
    """The kinds of which every object was read and applied: what names a row here is linked to it."""
    if run.dry_run or run.since is not None:
        return set()
    by_kind: dict[str, list[ImportPart]] = {}
    for part in run.parts.all():
        by_kind.setdefault(part.entity_type, []).append(part)
    return {kind for kind, found in by_kind.items() if all(map(_is_whole, found))}


def _is_whole(part: ImportPart) -> bool:
    return part.is_done and not (part.left_out or part.refused or part.conflicting)
