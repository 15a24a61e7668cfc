"""The admin's search: a page of its own, and what the command palette (Ctrl-K) shows while a person types."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from unfold.dataclasses import SearchResult

from billing.admin import environment_switch
from billing.admin.labels import badge
from billing.admin.links import list_url, row_url
from billing.models import Environment
from flexsync.navigation import GROUPS
from integrations.search.finding import Found, Results, search
from integrations.search.kinds import KINDS

ON_PAGE, IN_PALETTE = 25, 8
ICONS = {noun: icon for group in GROUPS.values() for _, icon, noun in group}


def view(request: HttpRequest) -> HttpResponse:
    """The page for ``?q=``, and the palette's list for ``?s=``; both show what the user may view."""
    if "s" in request.GET:
        return _palette(request)
    text = request.GET.get("q", "").strip()
    results = found(request, text, ON_PAGE) if text else None
    context = admin.site.each_context(request) | {
        "title": "Search",
        "text": text,
        "results": results,
        "groups": list(_groups(results)) if results else [],
    }
    return TemplateResponse(request, "admin/search.html", context)


def found(request: HttpRequest, text: str, limit: int) -> Results:
    """What the text finds in the chosen environment, of the kinds that the user may view."""
    kinds = {name for name, kind in KINDS.items() if _may_view(request, kind.model)}
    chosen = environment_switch.chosen(request)
    environments = [chosen] if chosen else [*Environment.objects.values_list("pk", flat=True)]
    return search(text, environments=environments, kinds=kinds, limit=limit)


def _may_view(request: HttpRequest, model: Any) -> bool:
    return request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def _groups(results: Results) -> Iterator[dict[str, Any]]:
    """What was found, by kind; where there is more, with the address of the list that has it."""
    for kind in dict.fromkeys(one.kind for one in results.found):
        rows = [_row(one) for one in results.found if one.kind == kind]
        yield {"name": rows[0]["one"].name, "rows": rows, "more": _more(results, kind)}


def _row(one: Found) -> dict[str, Any]:
    return {
        "one": one,
        "url": row_url(one.page) if one.page else "",
        "state": badge(one.state) if one.state else "",
    }


def _more(results: Results, kind: str) -> str:
    model = KINDS[KINDS[kind].page or kind].model
    return list_url(model, q=results.term) if kind in results.more and model in admin.site._registry else ""


def _palette(request: HttpRequest) -> HttpResponse:
    """The palette's list: pages of the menu whose name fits, then rows, then where there are more."""
    begun, text = time.monotonic(), request.GET["s"].strip()
    items = [*_menu(request, text), *_rows(found(request, text, IN_PALETTE))] if text else []
    page = Paginator(items, max(len(items), 1))
    context = {"results": page.page(1), "page_obj": page, "page_counter": 0}
    context |= {"execution_time": time.monotonic() - begun, "command_show_history": False}
    template = "unfold/helpers/command_results.html"
    return TemplateResponse(request, template, context, headers={"HX-Trigger": "search"})


def _menu(request: HttpRequest, text: str) -> Iterator[SearchResult]:
    for group, entries in GROUPS.items():
        for title, icon, noun in entries:
            app, model = noun.split(".")
            if text.lower() in title.lower() and request.user.has_perm(f"{app}.view_{model}"):
                yield SearchResult(title, group, reverse(f"admin:{app}_{model}_changelist"), icon)


def _rows(results: Results) -> Iterable[SearchResult]:
    for one in results.found:
        if one.page:
            icon = ICONS.get(one.page._meta.label_lower, "data_object")
            yield SearchResult(one.title, _described(one), row_url(one.page), icon)
    if results.found:
        link = f"{reverse('search')}?{urlencode({'q': results.term})}"
        yield SearchResult("All results", "on a page of their own", link, "search")


def _described(one: Found) -> str:
    """``Invoice · finalized · Ada Lovelace · Shop``."""
    customer = str(one.customer or "") if one.kind != "customer" else one.row.email
    parts = (one.name, one.state.replace("_", " "), customer, str(one.environment))
    return " · ".join(part for part in parts if part)
