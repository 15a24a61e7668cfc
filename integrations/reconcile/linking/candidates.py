"""Finds and grades link candidates."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count

from integrations.models import Connection, EntityMapping, ImportRun, LinkCandidate
from integrations.models.link_candidates import LinkGrade
from integrations.provider_api import Clues, Json, Listing
from integrations.reconcile.linking import rows
from integrations.reconcile.linking.rows import IDS, NAMES, Rows

LONGEST_LABEL = 200
# What both have, as a person reads it.
_WHY = {
    "entity_id": "id in metadata",
    "external_id": "external_id",
    "given": "id in the row's metadata",
    "email": "e-mail",
    "lookup_key": "lookup_key",
    "name": "name",
}


def find(run: ImportRun, listing: Listing, page: Sequence[Json]) -> None:
    """Stores the candidates of a page's objects; finding them again changes nothing."""
    if listing.clues is None:
        return
    objects = {str(one["id"]): one for one in page}
    known = EntityMapping.objects.filter(
        connection=run.connection, entity_type=listing.kind, provider_entity_id__in=objects
    )
    mapped = set(known.values_list("provider_entity_id", flat=True))
    clues = {id: listing.clues(one) for id, one in objects.items() if id not in mapped}
    clues = {id: one for id, one in clues.items() if _is_ours(run.connection, one)}
    free = rows.free(run.connection, listing, clues)
    LinkCandidate.objects.bulk_create(
        filter(None, (_candidate(run, listing, objects[id], one, free) for id, one in clues.items())),
        ignore_conflicts=True,
    )


def _is_ours(connection: Connection, clues: Clues) -> bool:
    return clues.environment_id in ("", connection.environment_id)


def _candidate(
    run: ImportRun, listing: Listing, provider_object: Json, clues: Clues, free: Rows
) -> LinkCandidate | None:
    values = {"given": str(provider_object["id"])}
    by_id = _rows(free, IDS, clues, values)
    by_name = _rows(free, NAMES[listing.kind], clues, values)
    likely = by_id or by_name
    if not likely:
        return None
    best = next(iter(likely)) if len(likely) == 1 else None
    grade = (LinkGrade.CERTAIN if by_id else LinkGrade.PROBABLE) if best else LinkGrade.SEVERAL
    return LinkCandidate(
        run=run,
        entity_type=listing.kind,
        provider_entity_id=str(provider_object["id"]),
        label=listing.label(provider_object)[:LONGEST_LABEL],
        entity_id=best or "",
        entity_label=likely[best][0] if best else "",
        rows=[[id, label, why] for id, (label, why) in (by_id | by_name).items()],
        grade=grade,
    )


def _rows(
    free: Rows, names: Iterable[str], clues: Clues, values: dict[str, str]
) -> dict[str, tuple[str, str]]:
    """The label and the reason of each row that one of these clues names."""
    found: dict[str, tuple[str, str]] = {}
    for name in names:
        value = values[name] if name in values else str(getattr(clues, name))
        for row in free.of(name, value.lower() if name not in IDS else value):
            found.setdefault(str(row.pk), (_label(row), _WHY[name]))
    return found


def _label(row: Any) -> str:
    name, email = str(getattr(row, "name", "") or ""), str(getattr(row, "email", "") or "")
    return (f"{name} <{email}>" if email else name)[:LONGEST_LABEL]


def grade(run: ImportRun) -> None:
    """Once all are found: a row that several objects may be is certain for one at most, probable for none."""
    found = LinkCandidate.objects.filter(run=run).exclude(entity_id="")
    counted = found.values("entity_type", "entity_id").annotate(number=Count("id")).filter(number__gt=1)
    for kind, entity_id in counted.order_by().values_list("entity_type", "entity_id"):
        rivals = found.filter(entity_type=kind, entity_id=entity_id)
        certain = rivals.filter(grade=LinkGrade.CERTAIN)
        wrong = rivals.exclude(pk__in=certain) if certain.count() == 1 else rivals
        LinkCandidate.objects.filter(pk__in=list(wrong.values_list("pk", flat=True))).update(
            grade=LinkGrade.SEVERAL, entity_id="", entity_label=""
        )
