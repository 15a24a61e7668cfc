"""The columns of a conflict: both values, when each was set, which of them stays, and why."""

import json
from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.labels import badge
from billing.admin.links import NOTHING
from integrations.admin import field_names, provider_links
from integrations.admin.named_rows import row_link
from integrations.models import Conflict
from integrations.models.connections import Owner

_RULES = {
    Owner.FLEXSYNC: "FlexSync is the owner",
    Owner.PROVIDER: "{provider} is the owner",
    Owner.NEWEST: "the newest value",
}


@admin.display(description="State", ordering="winner")
def status(conflict: Conflict) -> SafeString:
    """Returns whether it is open."""
    return badge("settled" if conflict.winner else "open")


@admin.display(description="Row")
def entity(conflict: Conflict) -> str:
    """Returns a link to the row."""
    return row_link(conflict)


@remembered
@admin.display(description="Field", ordering="field")
def field(conflict: Conflict) -> str:
    """Returns the field as people call it."""
    place = conflict.connection_id, conflict.entity_type, conflict.entity_id
    return field_names.named(*place, conflict.field, conflict.ours, conflict.theirs)


@admin.display(description="FlexSync")
def ours(conflict: Conflict) -> str:
    """Returns FlexSync's value, and when it was set."""
    return _side(conflict.ours, conflict.ours_at, conflict.winner == Owner.FLEXSYNC)


@admin.display(description="Provider")
def theirs(conflict: Conflict) -> str:
    """Returns the provider's value, and when it was set."""
    return _side(conflict.theirs, conflict.theirs_at, conflict.winner == Owner.PROVIDER)


@admin.display(description="Decided")
def decision(conflict: Conflict) -> str:
    """Returns whose value stays, by which rule or person, and since when."""
    return format_html('<span class="block" style="min-width: 12rem">{}</span>', decided(conflict))


def decided(conflict: Conflict) -> str:
    """Returns whose value stays, by which rule or person, in words."""
    provider = provider_links.label(conflict.connection.provider)
    rule = _RULES[Owner(conflict.rule)].format(provider=provider)
    if not conflict.winner:
        return f"Nobody yet: {rule} would stay, and {_undecided(conflict)}."
    side = "FlexSync's" if conflict.winner == Owner.FLEXSYNC else f"{provider}'s"
    by = conflict.decided_by or f"the rule: {rule}"
    return f"{side} stays, by {by}" + (
        f", {date_format(conflict.decided_at, 'DATETIME_FORMAT')}" if conflict.decided_at else ""
    )


def _undecided(conflict: Conflict) -> str:
    if conflict.ours_at is None or conflict.theirs_at is None:
        return "it is not known when each was set"
    return "the two are as new as each other"


@remembered
@admin.display(description="Choose")
def choose(conflict: Conflict) -> SafeString:
    """Returns the two buttons; they work in the list's own form."""
    return render_to_string("admin/integrations/conflict_buttons.html", {"conflict": conflict})


def shown(value: Any) -> str:
    """Returns a value as people read it."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _side(value: Any, at: Any, stays: bool) -> str:
    return format_html(
        '<span class="block" style="min-width: 9rem; overflow-wrap: anywhere">'
        '<span class="block{}" style="max-height: 9rem; overflow: auto">{}</span>'
        '<span class="block text-xs" style="overflow-wrap: normal; min-width: 10.5rem">{}</span></span>',
        " font-semibold" if stays else "",
        shown(value),
        date_format(at, "DATETIME_FORMAT") if at else "at an unknown time",
    )
