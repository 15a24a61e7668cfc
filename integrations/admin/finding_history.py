"""What was done about a finding, and what else there is of the same row."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.links import NOTHING, list_url, to_row
from integrations.admin.finding_columns import repair_name
from integrations.models import Conflict, Finding
from integrations.models.findings import FindingState


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
