"""The lists of a comparison: which are read, and how far each is."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from billing.errors import Invalid
from integrations.models import ComparedObject, ComparisonPart, ComparisonRun, Connection
from integrations.models.comparison_parts import ComparisonStep
from integrations.provider_api import Comparable, Json, registry
from integrations.reconcile.paging.ahead import Read


def comparables(connection: Connection) -> Mapping[str, Comparable]:
    """The provider's lists by name, in their order."""
    return {one.name: one for one in registry.provider(connection.provider).comparables}


def make(run: ComparisonRun, names: Sequence[str]) -> None:
    """The parts of a new comparison: of all lists, or of those that are named; raises Invalid."""
    found = comparables(run.connection)
    if unknown := sorted(set(names) - found.keys()):
        raise Invalid.of({"lists": f"There is no list {unknown[0]}: choose of {', '.join(found)}."})
    ComparisonPart.objects.bulk_create(
        ComparisonPart(
            run=run,
            position=position,
            name=one.name,
            entity_type=one.kind,
            left_out=(reason := _left_out(run.connection, one, names)),
            is_done=bool(reason),
            step=ComparisonStep.DONE if reason else ComparisonStep.READ,
            expected=_found_before(run, one.name),
        )
        for position, one in enumerate(found.values())
    )


def _left_out(connection: Connection, comparable: Comparable, names: Sequence[str]) -> str:
    if names and comparable.name not in names:
        return "It was not asked for."
    switches = [comparable.inbound, comparable.outbound]
    if any(name is None or getattr(connection, name) for name in switches):
        return ""
    return f"{' and '.join(dict.fromkeys(filter(None, switches)))} are off for this connection."


def _found_before(run: ComparisonRun, name: str) -> int | None:
    before = ComparisonPart.objects.filter(
        run__connection=run.connection, name=name, is_done=True, left_out=""
    )
    return before.order_by("-run__created_at").values_list("objects_seen", flat=True).first()


def keep(part: ComparisonPart, read: Read, differing: set[str]) -> None:
    """Keeps what the page has shown, whole of those that differ: they are compared again in a while."""
    ComparedObject.objects.bulk_create(
        (_compared(part, read, one, str(one["id"]) in differing) for one in read.page.objects),
        ignore_conflicts=True,
    )


def _compared(part: ComparisonPart, read: Read, provider_object: Json, is_differing: bool) -> ComparedObject:
    return ComparedObject(
        run_id=part.run_id,
        entity_type=part.entity_type,
        provider_entity_id=str(provider_object["id"]),
        asked_at=read.asked_at,
        shown=dict(provider_object) if is_differing else None,
    )


def turn(part: ComparisonPart, read: Read, seconds: float) -> None:
    """The page is kept: the next begins at its cursor, "" for none."""
    part.began_at = part.began_at or read.asked_at
    part.cursor, part.is_done = read.page.cursor, not read.page.cursor
    part.step = ComparisonStep.DIFFERING if part.is_done else ComparisonStep.READ
    part.pages, part.objects_seen = part.pages + 1, part.objects_seen + len(read.page.objects)
    part.seconds += seconds
    part.save()


def go_on(part: ComparisonPart, cursor: str, found: int, step: ComparisonStep | None = None) -> None:
    """What is before ``cursor`` was checked again; ``step``: the next one begins."""
    part.cursor, part.findings = cursor, part.findings + found
    part.step = step or part.step
    part.save(update_fields=["cursor", "findings", "step"])


def began(part: ComparisonPart) -> datetime:
    """When its list was first asked for."""
    return part.began_at or part.run.created_at
