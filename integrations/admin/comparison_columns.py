"""What a comparison's page shows: how far it is, what each list has shown, what it found, and the trend."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.links import NOTHING, list_url
from integrations.models import ComparisonRun, Finding
from integrations.models.comparison_runs import ComparisonState
from integrations.reconcile.comparing import findings, progress, values

# How many comparisons make the trend.
TREND = 14
FINDING_COLUMNS = (
    "kind", "type", "field", "row", "provider_id", "label", "flexsync", "provider", "at_stake", "currency", "suggested",
    "why", "found_at",
)  # fmt: skip


@remembered
@admin.display(description="Progress")
def progress_bar(run: ComparisonRun) -> SafeString:
    """Returns a progress bar with its figures."""
    found = progress.of(run)
    percent = round(100 * found.found / found.expected) if found.expected else None
    figures = {"progress": found, "percent": percent, "run": run}
    return render_to_string("admin/integrations/comparison_progress.html", figures)


@remembered
@admin.display(description="Lists")
def lists(run: ComparisonRun) -> SafeString:
    """Returns how many objects each list has shown, and how many findings there are of them."""
    return render_to_string("admin/integrations/comparison_lists.html", {"lists": run.parts.all()})


@remembered
@admin.display(description="Result")
def result(run: ComparisonRun) -> SafeString | str:
    """Returns what it found, with a link to what is open now."""
    if run.state != ComparisonState.DONE:
        return NOTHING
    page = list_url(Finding, state__exact="open", connection__id__exact=run.connection_id)
    context = {"run": run, "page": page, "money": money_at_stake(run)}
    return render_to_string("admin/integrations/comparison_result.html", context)


def found_rows(run: ComparisonRun) -> Iterator[tuple[Any, ...]]:
    """Returns the connection's open findings, in the order of FINDING_COLUMNS."""
    for one in findings.open_of(run.connection_id).select_related("connection").order_by("pk").iterator():
        pair = (one.kind, one.entity_type, one.field, one.entity_id, one.provider_entity_id, one.label)
        apart = (_text(values.ours(one)), _text(values.theirs(one)))
        yield (
            *pair,
            *apart,
            one.amount_at_stake,
            one.currency,
            one.suggested,
            one.why,
            one.found_at.isoformat(),
        )


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


@admin.display(description="Money at stake")
def money_at_stake(run: ComparisonRun) -> str:
    """Returns the amount of each currency."""
    return ", ".join(f"{amount} {currency}" for currency, amount in run.money_at_stake.items()) or NOTHING


@remembered
@admin.display(description="Trend")
def trend(run: ComparisonRun) -> SafeString | str:
    """Returns what the latest comparisons of the connection found, as a chart and a table."""
    done = ComparisonRun.objects.filter(connection=run.connection_id, state=ComparisonState.DONE)
    latest = list(done[:TREND])
    if len(latest) < 2:
        return "There is none before a second comparison has ended."
    rows = [(one, money_at_stake(one)) for one in latest]
    context = {"rows": rows, "chart": json.dumps(_chart(latest[::-1])), "options": json.dumps(_OPTIONS)}
    return render_to_string("admin/integrations/comparison_trend.html", context)


# What a chart draws of each, and in which of unfold's colours.
_LINES = {"found": "--color-primary-600", "new": "--color-orange-500", "healed": "--color-green-600"}
_OPTIONS = {
    "maintainAspectRatio": False,
    "scales": {"y": {"beginAtZero": True, "ticks": {"precision": 0}}},
    "plugins": {"legend": {"display": True}},
}


def _chart(runs: list[ComparisonRun]) -> dict[str, Any]:
    return {
        "labels": [date_format(one.created_at, "j M H:i") for one in runs],
        "datasets": [
            {
                "label": name.capitalize(),
                "data": [getattr(one, name) for one in runs],
                "borderColor": f"var({colour})",
            }
            for name, colour in _LINES.items()
        ],
    }
