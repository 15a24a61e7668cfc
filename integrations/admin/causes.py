"""Failures counted by cause: reasons without the ids and numbers in them, the most frequent first."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from billing.admin.columns import in_words, remembered
from billing.admin.links import list_url
from integrations.db.causes import without_ids
from integrations.models import ComparisonRun, Finding, ImportRun
from integrations.reconcile.comparing import findings

MOST = 20


@remembered
@admin.display(description="Needs a person, by cause")
def of_import(run: ImportRun) -> SafeString:
    """Returns how many objects are in conflict or were refused, by reason."""
    counted = _counted(run.findings.all(), became=F("outcome"), cause=without_ids(F("reason")))
    return _shown((one["count"], in_words(one["became"]), one["cause"], "") for one in counted)


@remembered
@admin.display(description="Open findings, by cause")
def of_comparison(run: ComparisonRun) -> SafeString:
    """Returns how many findings of the connection are open, by kind and field."""
    counted = _counted(
        findings.open_of(run.connection_id), one=F("kind"), of=F("entity_type"), what=F("field")
    )
    open_now = {"state__exact": "open", "connection__id__exact": run.connection_id}
    return _shown(
        (
            one["count"],
            in_words(one["one"]),
            " ".join(filter(None, (one["of"].replace("_", " "), one["what"].replace("_", " ")))),
            list_url(Finding, **open_now, kind__exact=one["one"], entity_type=one["of"]),
        )
        for one in counted
    )


def _counted(rows: QuerySet[Any], **by: Any) -> QuerySet[Any, Any]:
    grouped = rows.order_by().values(**by).annotate(count=Count("pk"))
    found: QuerySet[Any, Any] = grouped.order_by("-count", *by)
    return found


def _shown(rows: Any) -> SafeString:
    found = list(rows)
    context = {"causes": found[:MOST], "more": max(len(found) - MOST, 0)}
    return render_to_string("admin/integrations/causes.html", context)
