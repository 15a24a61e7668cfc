"""The list of invoices as a desk: tabs by what they need, with counts, and what each of them needs."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join

from billing.admin import environment_switch
from billing.admin.labels import badge
from billing.admin.links import NOTHING
from billing.admin.unfold_types import DropdownFilter
from billing.events import Kind
from billing.models import Invoice
from integrations.triage import needs

PARAMETER, ANY = "needs", "any"
# The filter of the list by which one environment is chosen, where the header's switch shows all.
ENVIRONMENT = "environment__id__exact"


class NeedFilter(DropdownFilter):
    """Filters invoices by what they need."""

    title = "what it needs"
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if model_admin.model is not Invoice:
            return []
        return [(ANY, "Anything"), *((code, need.label) for code, need in needs.NEEDS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now, chosen = timezone.now(), self.value()
        if chosen == ANY:
            return queryset.filter(pk__in=needs.with_any(now))
        need = needs.NEEDS.get(str(chosen))
        return queryset.filter(pk__in=need.rows(now).order_by().values("pk")) if need else queryset


def tabs(request: HttpRequest, kind: Kind | None, changelist: Any) -> str:
    """Returns the HTML of the tabs; notes on each shown invoice what it needs."""
    if kind != Kind.INVOICE:
        return ""
    now, chosen = timezone.now(), request.GET.get(PARAMETER, "")
    found = needs.of([row.pk for row in changelist.result_list], now) if chosen else {}
    for row in changelist.result_list:
        row.needs = found.get(row.pk, ())
    environment_id = environment_switch.chosen(request) or request.GET.get(ENVIRONMENT, "")
    counted = needs.counts(now, environment_id)
    ends = [("", "All invoices", None), (ANY, "Anything to do", None)]
    entries = [*ends, *((code, need.label, counted.get(code, 0)) for code, need in needs.NEEDS.items())]
    context = {
        "tabs": [
            {"label": label, "count": count, "is_active": code == chosen, "url": _address(changelist, code)}
            for code, label, count in entries
        ],
        "remedy": needs.NEEDS[chosen].remedy if chosen in needs.NEEDS else "",
    }
    return render_to_string("admin/integrations/need_tabs.html", context, request)


def _address(changelist: Any, code: str) -> str:
    return str(changelist.get_query_string({PARAMETER: code or None}, remove=["p"]))


@admin.display(description="What it needs")
def needed(invoice: Any) -> str:
    """Returns what the tabs have noted on the invoice."""
    labels = (
        (badge(code, needs.NEEDS[code].remedy, needs.NEEDS[code].label),)
        for code in getattr(invoice, "needs", ())
    )
    shown = format_html_join("", '<span class="inline-block my-0.5">{}</span> ', labels)
    return shown or NOTHING


def columns(request: HttpRequest, kind: Kind | None) -> Sequence[Any]:
    """Returns the column, where a tab is chosen."""
    return [needed] if kind == Kind.INVOICE and request.GET.get(PARAMETER) else []
