"""Links to the billing rows that mappings, events and syncs name by kind and id."""

from django.contrib.admin.utils import quote
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html

from billing.admin.links import NOTHING
from billing.events import Kind
from billing.persistence import tables

MODELS: dict[str, type[Model]] = {kind.value: model for kind, model in tables.MODELS.items()}
KINDS = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in Kind]


def url(kind: str, entity_id: str) -> str:
    """Returns the address of the row's page, "" for a kind that billing does not have."""
    if kind not in MODELS:
        return ""
    return reverse(f"admin:billing_{MODELS[kind]._meta.model_name}_change", args=[quote(entity_id)])


def name(kind: str, entity_id: str) -> str:
    """Returns the row as people call it, such as "Invoice INV-000017"; the end of its id where it is gone."""
    row = MODELS[kind]._default_manager.filter(pk=entity_id).first() if kind in MODELS else None
    called = str(row) if row else f"…{entity_id[-8:]}"
    return f"{kind.replace('_', ' ').capitalize()} {called}"


def link(kind: str, entity_id: str) -> str:
    """Returns the kind and the end of the id as a link to the row's page, without a query."""
    page = url(kind, entity_id)
    if not page:
        return entity_id or NOTHING
    return format_html(
        '<a class="text-link whitespace-nowrap" title="{}" href="{}">{} …{}</a>',
        entity_id,
        page,
        kind,
        entity_id[-8:],
    )
