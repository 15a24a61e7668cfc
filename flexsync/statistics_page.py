"""The admin's page of statistics: charts of a day, a week or a month, each with its numbers as a table."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from billing import money
from billing.admin import environment_switch
from integrations.models import Connection
from integrations.statistics import charts, numbers, windows
from integrations.statistics.charts import Chart, Series, Value
from integrations.statistics.windows import Window

# What a user needs to see any of it.
RIGHTS = (
    "integrations.view_connection",
    "integrations.view_inboundevent",
    "integrations.view_outboundsync",
    "integrations.view_finding",
    "billing.view_payment",
)
# A grey that can be read on both backgrounds.
TEXT = "#768091"


def may_see(request: HttpRequest) -> bool:
    """Whether the user may see any chart."""
    return any(request.user.has_perm(right) for right in RIGHTS)


def view(request: HttpRequest) -> HttpResponse:
    """The page for ``?window=24h``, ``7d`` or ``30d``, with ``&tables`` for numbers instead of charts.

    Each is for those who may view what it counts.
    """
    now, window = timezone.now(), windows.named(request.GET.get("window", ""))
    context = admin.site.each_context(request) | {
        "title": "Statistics",
        "window": window,
        "windows": windows.WINDOWS,
        "now": now,
        "may_see": may_see(request),
        "as_tables": "tables" in request.GET,
    }
    if context["may_see"]:
        context["charts"] = _charts(request, window, now)
    return TemplateResponse(request, "admin/statistics.html", context)


def _charts(request: HttpRequest, window: Window, now: datetime) -> list[dict[str, Any]]:
    found = numbers.read(window, now, environment_switch.chosen(request))
    names = dict(Connection.objects.order_by().values_list("pk", "name"))
    labels = [_label(begin, window) for begin in found.begins]
    return [_shown(chart, labels) for chart in charts.all_of(found, names, request.user.has_perm)]


def _label(begin: datetime, window: Window) -> str:
    return (
        f"{begin:%H:%M}"
        if window.name == "24h"
        else f"{begin:%-d %b}"
        if window.name == "30d"
        else f"{begin:%-d %b %H:%M}"
    )


def _shown(chart: Chart, labels: list[str]) -> dict[str, Any]:
    rows = list(zip(labels, *(each.values for each in chart.series), strict=True))
    is_empty = not any(value for each in chart.series for value in each.values)
    return {
        "chart": chart,
        "is_empty": is_empty,
        "type": "bar" if chart.is_stacked else "line",
        "data": json.dumps({"labels": labels, "datasets": [_dataset(each, chart) for each in chart.series]}),
        "options": json.dumps(_options(chart)),
        "rows": ((label, [_cell(value, chart.unit) for value in values]) for label, *values in rows),
    }


def _dataset(series: Series, chart: Chart) -> dict[str, Any]:
    colour = f"var(--color-{series.colour})"
    values = [None if value is None else float(value) for value in series.values]
    look = {"borderColor": colour, "backgroundColor": colour, "borderWidth": 0 if chart.is_stacked else 2}
    return {"label": series.name, "data": values, "pointRadius": 2, "tension": 0.2, **look}


def _options(chart: Chart) -> dict[str, Any]:
    ticks = {"color": TEXT, "maxRotation": 0, "autoSkipPadding": 12}
    grid = {"x": {"display": False}, "y": {"lineWidth": 0.5}}
    axes = {axis: {"stacked": chart.is_stacked, "ticks": ticks, "grid": grid[axis]} for axis in "xy"}
    title = {"display": bool(chart.unit), "text": chart.unit, "color": TEXT}
    axes["y"] |= {"beginAtZero": True, "title": title}
    return {
        "animation": False,
        "maintainAspectRatio": False,
        "interaction": {"mode": "index", "intersect": False},
        "scales": axes,
        "plugins": {"legend": {"display": False}},
    }


def _cell(value: Value, unit: str) -> str:
    if value is None:
        return "-"
    return money.text(Decimal(value), unit) if unit in money.EXPONENTS else f"{value:,.0f}"
