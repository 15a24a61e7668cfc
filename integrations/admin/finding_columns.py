"""The columns of a finding: what it is about, both values, since when, what is at stake, and what to do."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from billing import money
from billing.admin.columns import SPACE, in_words, remembered
from billing.admin.links import NOTHING, list_url, to_row
from integrations.admin import field_names, provider_links
from integrations.admin.conflict_columns import shown
from integrations.admin.named_rows import row_link
from integrations.models import Conflict, Finding
from integrations.models.findings import FindingKind, FindingState, Repair

_LACKS = {
    FindingKind.ONLY_HERE.value: "is not at {provider}",
    FindingKind.ONLY_THERE.value: "is not here",
    FindingKind.GONE.value: "is gone at {provider}",
}
_REPAIRS = {
    Repair.PUSH.value: "Push FlexSync's",
    Repair.TAKE.value: "Take {provider}'s",
    Repair.ACCEPT.value: "Accept",
}


def provider_of(finding: Finding) -> str:
    """Returns the provider's name."""
    return provider_links.label(finding.connection.provider)


@remembered
@admin.display(description="What")
def what(finding: Finding) -> str:
    """Returns links to the row and the object, as far as there are any, and what it is called."""
    return render_to_string("admin/integrations/finding_parties.html", _parties(finding))


def _parties(finding: Finding) -> dict[str, Any]:
    there = finding.connection, finding.entity_type, finding.provider_entity_id
    return {
        "finding": finding,
        "here": row_link(finding) if finding.entity_id else "",
        "there": provider_links.link(*there) if finding.provider_entity_id else "",
        "kind": in_words(finding.entity_type),
    }


@remembered
@admin.display(description="Difference", ordering="field")
def difference(finding: Finding) -> str:
    """Returns the field as people call it, or what side lacks the whole."""
    if finding.kind != FindingKind.DIFFERS:
        return _LACKS[finding.kind].format(provider=provider_of(finding))
    place = finding.connection_id, finding.entity_type, finding.entity_id
    return field_names.named(*place, finding.field, finding.ours, finding.theirs).replace("_", " ")


@admin.display(description="FlexSync")
def ours(finding: Finding) -> str:
    """Returns FlexSync's value."""
    return value(finding.ours)


@admin.display(description="Provider")
def theirs(finding: Finding) -> str:
    """Returns the provider's value."""
    return value(finding.theirs)


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
    since = timesince(finding.found_at, finding.healed_at, depth=1)
    text = f"healed after {since}" if finding.healed_at else f"for {since}"
    return format_html('<span class="whitespace-nowrap" title="{}">{}</span>', finding.found_at, text)


@remembered
@admin.display(description="Next step")
def next_step(finding: Finding) -> str:
    """Returns what is under way, or suggested."""
    latest = next(iter(finding.repairs.all()), None)
    if finding.state == FindingState.HEALED:
        return NOTHING
    if latest is not None and latest.settled_at is None:
        return f"{repair_name(finding, latest.repair)}: under way"
    if finding.state == FindingState.ACCEPTED:
        return "Accepted"
    text = repair_name(finding, finding.suggested) if finding.suggested else "Look at both sides"
    failed = " (the last repair failed)" if latest is not None and latest.state == "failed" else ""
    return format_html('<span class="block" style="min-width: 7rem">{}{}</span>', text, failed)


def repair_name(finding: Finding, repair: str) -> str:
    """Returns the repair as a button calls it."""
    return _REPAIRS[repair].format(provider=provider_of(finding))


@remembered
@admin.display(description="Repairs so far")
def repairs(finding: Finding) -> SafeString:
    """Returns what was asked for, by whom, and how it went."""
    found = [(repair_name(finding, one.repair), one) for one in finding.repairs.all()]
    return render_to_string("admin/integrations/finding_repairs.html", {"repairs": found})


@remembered
@admin.display(description="Accepted")
def acceptance(finding: Finding) -> str:
    """Returns who lets it be, why, and until when."""
    context = {"finding": finding, "is_accepted": finding.state == FindingState.ACCEPTED}
    return render_to_string("admin/integrations/finding_acceptance.html", context)


@remembered
@admin.display(description="Open conflict")
def conflict(finding: Finding) -> str:
    """Returns a link to the open conflict about the field."""
    names = ("connection_id", "entity_type", "entity_id", "field")
    place = {name: getattr(finding, name) for name in names}
    return to_row(Conflict.objects.filter(**place, winner="").first())


@remembered
@admin.display(description="Others of the same")
def others(finding: Finding) -> str:
    """Returns a link to all open findings of the same row or object."""
    named = finding.entity_id or finding.provider_entity_id
    same = Finding.objects.filter(connection=finding.connection, state=FindingState.OPEN)
    name = "entity_id" if finding.entity_id else "provider_entity_id"
    count = same.filter(**{name: named}).exclude(pk=finding.pk).count()
    page = list_url(Finding, q=named, state__exact="open")
    return format_html('<a class="text-link" href="{}">{} more open</a>', page, count) if count else NOTHING
