"""What an import's page shows: how far it is, what became of each list, and what needs a person."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.links import NOTHING, list_url
from integrations.admin import entity_links, provider_links
from integrations.models import ImportPart, ImportRun, LinkCandidate
from integrations.models.imports import ImportOutcome
from integrations.reconcile.importing import parts, progress

# How many findings and labels are shown.
SHOWN = 100
FINDING_COLUMNS = ("type", "provider_id", "label", "outcome", "row", "reason")


@remembered
@admin.display(description="Progress")
def progress_bar(run: ImportRun) -> SafeString:
    """Returns a progress bar with its figures."""
    found = progress.of(run)
    percent = round(100 * found.found / found.expected) if found.expected else None
    figures = {"progress": found, "percent": percent, "is_open": run.settled_at is None}
    return render_to_string("admin/integrations/import_progress.html", figures)


@remembered
@admin.display(description="Lists")
def lists(run: ImportRun) -> SafeString:
    """Returns how many objects of each list had which outcome, and some of them."""
    found = [(part, list(_outcomes(part))) for part in run.parts.all()]
    return render_to_string("admin/integrations/import_lists.html", {"lists": found})


def _outcomes(part: ImportPart) -> Iterator[tuple[str, int, list[str]]]:
    for outcome in ImportOutcome:
        shown = [label or provider_id for provider_id, label in part.samples.get(outcome.value, [])]
        if count := getattr(part, outcome.value):
            yield outcome.value, count, shown


@remembered
@admin.display(description="Needs a person")
def findings(run: ImportRun) -> SafeString:
    """Returns the objects in conflict, and those that were refused, each with the reason."""
    found: list[Any] = [
        (one, _there(run, one.entity_type, one.provider_entity_id), _here(one.entity_type, one.entity_id))
        for one in run.findings.all()[:SHOWN]
    ]
    more = max(0, run.findings.count() - SHOWN)
    return render_to_string("admin/integrations/import_findings.html", {"findings": found, "more": more})


def found_rows(run: ImportRun) -> Iterable[Any]:
    """Returns all of them, in the order of FINDING_COLUMNS."""
    columns = ("entity_type", "provider_entity_id", "label", "outcome", "entity_id", "reason")
    return run.findings.values_list(*columns).iterator()


def _there(run: ImportRun, kind: str, provider_id: str) -> str:
    return provider_links.link(run.connection, kind, provider_id)


def _here(kind: str, entity_id: str) -> str:
    return entity_links.link(kind, entity_id) if entity_id else ""


@admin.display(description="Links")
def links(run: ImportRun) -> SafeString | str:
    """Returns how many candidates there are of each grade, and how many wait for a person."""
    found = run.candidates.values("grade").annotate(number=Count("id"), left=Count("id", filter=Q(choice="")))
    grades = [
        (
            one["grade"],
            one["number"],
            one["left"],
            list_url(LinkCandidate, q=run.pk, grade__exact=one["grade"]),
        )
        for one in found.order_by("grade")
    ]
    return render_to_string("admin/integrations/import_links.html", {"grades": grades}) if grades else NOTHING


@admin.display(description="Objects")
def objects(run: ImportRun) -> str:
    """Returns how many objects were settled."""
    return str(sum(map(parts.found, run.parts.all())))
