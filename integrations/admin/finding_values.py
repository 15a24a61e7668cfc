"""The values of a finding: both sides', the money at stake, and since when."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from billing import durations, money
from billing.admin.columns import SPACE, in_words
from billing.admin.links import NOTHING
from integrations.admin.conflict_columns import shown
from integrations.models import Finding
from integrations.reconcile.comparing import values


@admin.display(description="FlexSync")
def ours(finding: Finding) -> str:
    """Returns FlexSync's value."""
    return value(values.ours(finding))


@admin.display(description="Provider")
def theirs(finding: Finding) -> str:
    """Returns the provider's value."""
    return value(values.theirs(finding))


def value(found: Any) -> str:
    """Returns a value, or several by their names, in a column that is wide enough to read them."""
    if isinstance(found, dict):
        told = [(in_words(name), shown(one)) for name, one in found.items() if shown(one) != NOTHING]
        lines: Any = format_html_join("", '<span class="block">{}: {}</span>', told) if told else NOTHING
    else:
        lines = shown(found)
    style = "min-width: 7rem; max-height: 9rem; overflow: auto; overflow-wrap: anywhere"
    return format_html('<span class="block" style="{}">{}</span>', style, lines)


@admin.display(description="At stake", ordering="amount_at_stake")
def at_stake(finding: Finding) -> str:
    """Returns the money at stake."""
    if finding.amount_at_stake is None:
        return NOTHING
    text = f"{money.text(finding.amount_at_stake, finding.currency)}{SPACE}{finding.currency}"
    return format_html('<span class="whitespace-nowrap">{}</span>', text)


@admin.display(description="Since", ordering="found_at")
def age(finding: Finding) -> str:
    """Returns for how long it has been known."""
    since = durations.since(finding.found_at, finding.healed_at or timezone.now())
    text = f"healed after {since}" if finding.healed_at else f"for {since}"
    return format_html('<span class="whitespace-nowrap" title="{}">{}</span>', finding.found_at, text)
