"""The page that asks before an action of a list is carried out on the chosen rows."""

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from billing.admin import confirmations

CONFIRMED = "confirmed"
# How many of the chosen rows are named.
NAMED = 20


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the page was shown, and its button pressed."""
    return CONFIRMED in request.POST


def asked(admin: Any, request: HttpRequest, rows: QuerySet[Any], label: str, question: str) -> HttpResponse:
    """The page, which posts the list's own form once more."""
    names = [str(row) for row in rows[: NAMED + 1]]
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": label,
        "question": question,
        "sealed": confirmations.seal({"": question}),
        "difference": confirmations.difference(request, {"": question}),
        "names": names[:NAMED],
        "has_more": len(names) > NAMED,
        "label": label,
        "confirmed": CONFIRMED,
        "checkbox": ACTION_CHECKBOX_NAME,
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "kept": {
            name: request.POST[name] for name in ("action", "select_across", "index") if name in request.POST
        },
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/billing/selection.html", context)
