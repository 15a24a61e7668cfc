"""Links to the billing rows that mappings, events and syncs name by kind and id."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.html import format_html
from django.utils.text import Truncator

from billing.admin.links import NOTHING, url_of
from billing.events import Kind
from billing.persistence import tables

MODELS: dict[str, type[Model]] = {kind.value: model for kind, model in tables.MODELS.items()}
KINDS = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in Kind]
# What else is read for the name of a row of that kind.
_NAMED_AFTER = {Kind.PRICE.value: ("plan",)}
LONGEST_NAME = 40


def url(kind: str, entity_id: str) -> str:
    """Returns the address of the row's page, "" for a kind that billing does not have."""
    if kind not in MODELS:
        return ""
    return url_of(MODELS[kind], entity_id)


def called(kind: str, ids: Iterable[str]) -> dict[str, str]:
    """Returns what people call the rows, by id, in one query; without those that are called by their id."""
    if kind not in MODELS:
        return {}
    rows = MODELS[kind]._default_manager.select_related(*_NAMED_AFTER.get(kind, ()))
    return {row.pk: str(row) for row in rows.filter(pk__in=set(ids)) if str(row) != row.pk}


def name(kind: str, entity_id: str) -> str:
    """Returns the row as people call it, such as "Invoice INV-000017"; the end of its id where it is gone."""
    return _text(kind, entity_id, called(kind, [entity_id]).get(entity_id, ""))


def found(entity_id: str) -> str | None:
    """Returns the kind of the row with that id, None where there is no such row."""
    kinds = (kind for kind, model in MODELS.items() if model._default_manager.filter(pk=entity_id).exists())
    return next(kinds, None)


def link(kind: str, entity_id: str, called: str = "") -> str:
    """Returns the row as it is ``called``, or the end of its id, as a link to its page, without a query."""
    page = url(kind, entity_id)
    if not page:
        return entity_id or NOTHING
    return format_html(
        '<a class="text-link" style="display: inline-block; min-width: 7rem; overflow-wrap: anywhere" title="{}" href="{}">{}</a>',
        entity_id,
        page,
        _text(kind, entity_id, called),
    )


def named(kind: str, entity_id: str) -> str:
    """Returns the same link, with the row's name."""
    return link(kind, entity_id, called(kind, [entity_id]).get(entity_id, ""))


def _text(kind: str, entity_id: str, called: str) -> str:
    text = Truncator(called).chars(LONGEST_NAME) if called else f"…{entity_id[-8:]}"
    return f"{kind.replace('_', ' ').capitalize()} {text}"
