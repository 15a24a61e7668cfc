"""Finds and grades link candidates."""

from collections.abc import Collection, Sequence

from django.db.models import Count

from integrations.errors import Rejected
from integrations.mappings import kept_apart
from integrations.models import Connection, EntityMapping, ImportRun, LinkCandidate
from integrations.models.link_candidates import LinkChoice, LinkGrade
from integrations.provider_api import Clues, Json, Listing
from integrations.reconcile.linking import rows
from integrations.reconcile.linking.naming import WHY
from integrations.reconcile.linking.rows import Rows

LONGEST_LABEL = 200


def find(run: ImportRun, listing: Listing, page: Sequence[Json]) -> None:
    """Stores the candidates of a page's objects; finding them again changes nothing."""
    if listing.clues is None:
        return
    objects = {str(one["id"]): one for one in page}
    known = EntityMapping.objects.filter(
        connection=run.connection, entity_type=listing.kind, provider_entity_id__in=objects
    )
    mapped = set(known.values_list("provider_entity_id", flat=True))
    clues = {id: clues_of(listing, one) for id, one in objects.items() if id not in mapped}
    clues = {id: one for id, one in clues.items() if _is_ours(run.connection, one)}
    free = rows.free(run, listing, clues)
    apart = kept_apart.rows_of(run.connection_id, listing.kind, clues)
    LinkCandidate.objects.bulk_create(
        filter(None, (_candidate(run, listing, objects[id], free, apart.get(id, ())) for id in clues)),
        ignore_conflicts=True,
    )


def clues_of(listing: Listing, provider_object: Json) -> Clues:
    """By what it is known."""
    try:
        return listing.clues(provider_object) if listing.clues else Clues()
    except Rejected:
        # It says something that nothing here can be: its import tells so.
        return Clues()


def _is_ours(connection: Connection, clues: Clues) -> bool:
    return clues.environment_id in ("", connection.environment_id)


def _candidate(
    run: ImportRun, listing: Listing, provider_object: Json, free: Rows, apart: Collection[str]
) -> LinkCandidate | None:
    provider_id = str(provider_object["id"])
    certain, probable = (
        {id: found for id, found in named(provider_id).items() if id not in apart}
        for named in (free.certain, free.probable)
    )
    likely = certain or probable
    if not likely:
        return None
    best = next(iter(likely)) if len(likely) == 1 else ""
    grade = (LinkGrade.CERTAIN if certain else LinkGrade.PROBABLE) if best else LinkGrade.SEVERAL
    both = probable | certain
    labels = {id: free.naming.label(row)[:LONGEST_LABEL] for id, (row, _) in both.items()}
    return LinkCandidate(
        run=run,
        entity_type=listing.kind,
        provider_entity_id=provider_id,
        label=listing.label(provider_object)[:LONGEST_LABEL],
        entity_id=best,
        entity_label=labels.get(best, ""),
        rows=[[id, labels[id], WHY[name]] for id, (_, name) in both.items()],
        grade=grade,
    )


def shown(candidate: LinkCandidate) -> list[list[str]]:
    """The rows that it may be, each with its label and why; of one to be linked, the row that was chosen."""
    if candidate.choice != LinkChoice.LINK:
        return list(candidate.rows)
    chosen = [one for one in candidate.rows if one[0] == candidate.entity_id]
    return chosen or [[candidate.entity_id, candidate.entity_label, ""]]


def grade(run: ImportRun) -> None:
    """Once all are found: a row that several objects may be is certain for one at most, probable for none."""
    found = LinkCandidate.objects.filter(run=run).exclude(entity_id="")
    counted = found.values("entity_type", "entity_id").annotate(number=Count("id")).filter(number__gt=1)
    for kind, entity_id in counted.order_by().values_list("entity_type", "entity_id"):
        rivals = found.filter(entity_type=kind, entity_id=entity_id)
        certain = rivals.filter(grade=LinkGrade.CERTAIN)
        wrong = rivals.exclude(pk__in=certain) if certain.count() == 1 else rivals
        undecided = LinkCandidate.objects.filter(pk__in=list(wrong.values_list("pk", flat=True)), choice="")
        undecided.update(grade=LinkGrade.SEVERAL, entity_id="", entity_label="")
