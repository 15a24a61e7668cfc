"""The columns of a finding: what it is about, both values, since when, what is at stake, and what to do."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.html import format_html

from billing.admin.columns import in_words, remembered
from billing.admin.links import NOTHING
from integrations.admin import field_names, finding_twins, provider_links
from integrations.admin.named_rows import row_link
from integrations.models import Finding
from integrations.models.findings import FindingKind, FindingState, Repair, Suggestion

_LACKS = {
    FindingKind.ONLY_HERE.value: "is not at {provider}",
    FindingKind.ONLY_THERE.value: "is not here",
    FindingKind.GONE.value: "is gone at {provider}",
}
_REPAIRS = {
    Repair.PUSH.value: "Push FlexSync's",
    Repair.TAKE.value: "Take {provider}'s",
    Suggestion.LINK.value: "First link what it belongs to",
    Repair.ACCEPT.value: "Accept",
}
# The same buttons, of what {provider} has no more.
_OF_GONE = {
    Repair.PUSH.value: "Push FlexSync's: make another at {provider}",
    Repair.TAKE.value: "Take {provider}'s: end it here",
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
    if finding.suggested == Suggestion.LINK and finding.twins:
        return finding_twins.links(finding)
    text = repair_name(finding, finding.suggested) if finding.suggested else "Look at both sides"
    failed = " (the last repair failed)" if latest is not None and latest.state == "failed" else ""
    return format_html('<span class="block" style="min-width: 7rem">{}{}</span>', text, failed)


def repair_name(finding: Finding, repair: str) -> str:
    """Returns the repair as a button calls it."""
    is_gone = finding.kind == FindingKind.GONE
    name = _OF_GONE.get(repair, _REPAIRS[repair]) if is_gone else _REPAIRS[repair]
    return name.format(provider=provider_of(finding))
