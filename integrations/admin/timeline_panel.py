"""The panel under a row's page in which its timeline begins, and where the whole of it is."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from billing.events import Kind

# Rows that other rows belong to, or whose money moves.
_KINDS = (Kind.CUSTOMER, Kind.SUBSCRIPTION, Kind.INVOICE, Kind.PAYMENT)


def timeline_panel(request: HttpRequest, kind: Kind, row: Any) -> str:
    """Returns the panel's HTML, "" for other kinds.

    It asks for its entries once the page is there, so that the page need not wait for them.
    """
    if kind not in _KINDS:
        return ""
    context = {"page_url": history(kind, row.pk), "entries_url": _address("latest", kind, row.pk)}
    return render_to_string("admin/integrations/timeline_panel.html", context, request)


def history(kind: Kind, entity_id: str) -> str:
    """Returns the address of the row's timeline."""
    return _address("timeline", kind, entity_id)


def _address(name: str, kind: Kind, entity_id: str) -> str:
    return reverse(f"admin:integrations_note_{name}", args=[kind.value, entity_id])
