"""What one side lacks may be what the other side has: links to the page where an operator links the two."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from integrations.models import Finding
from integrations.models.findings import FindingKind
from integrations.reconcile.comparing.twins import SHOWN


def links(finding: Finding) -> str:
    """Returns a link for each that it may be, filled in with both ids."""
    named = [(_page(finding, one), one) for one in finding.twins[:SHOWN]]
    line = '<a class="block text-link" href="{}">Link to {}</a>'
    lines = format_html_join("", line, named)
    return format_html(
        '<span class="block" style="min-width: 7rem; overflow-wrap: anywhere">{}</span>', lines
    )


def _page(finding: Finding, twin: str) -> str:
    is_here = finding.kind == FindingKind.ONLY_HERE
    row, there = (finding.entity_id, twin) if is_here else (twin, finding.provider_entity_id)
    known = {"connection": finding.connection_id, "kind": finding.entity_type, "row": row, "object": there}
    return f"{reverse('admin:integrations_entitymapping_link')}?{urlencode(known)}"
