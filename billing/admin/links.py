"""Links from one row's page to its neighbours."""

from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

NOTHING = "-"
LINK = '<a class="text-link" href="{}">{}</a>'


def to_row(row: Model | None) -> str:
    """A link to the row's own page."""
    if row is None:
        return NOTHING
    return format_html(LINK, row_url(row), row)


def row_url(row: Model) -> str:
    """Where the row's own page is."""
    return url_of(type(row), row.pk)


def url_of(model: type[Model], row_id: Any) -> str:
    """Where the page of the row with that id is."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[quote(row_id)])


def list_url(model: type[Model], **filters: Any) -> str:
    """Where the list of ``model`` is, filtered by lookups (or searched, with ``q``)."""
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{page}?{urlencode(filters)}" if filters else page


def to_list(text: str, model: type[Model], **filters: Any) -> SafeString:
    """A link to the filtered list of ``model``."""
    return format_html(LINK, list_url(model, **filters), text)


def out(url: str, text: str) -> str:
    """A link to another site, in a new tab; nothing when there is no address."""
    if not url:
        return NOTHING
    return format_html('<a class="text-link" href="{}" target="_blank" rel="noopener">{} ↗</a>', url, text)


def joined(parts: list[SafeString]) -> SafeString:
    """Several links in one line."""
    return format_html_join(" · ", "{}", ((part,) for part in parts))
