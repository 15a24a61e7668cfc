"""What one side lacks may be what the other side has: links to the page where an operator links the two."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from billing.admin.links import row_url
from integrations.models import EntityMapping, Finding
from integrations.models.findings import FindingKind
from integrations.reconcile.comparing.twins import SHOWN, of_twins


def links(finding: Finding) -> str:
    """Returns a link for each that it may be, filled in with both ids."""
    known = of_twins(finding.connection_id, finding.entity_type, finding.twins)
    left = known.left(finding.twins)
    named = [_step(finding, one, known.taken.get(one)) for one in left[:SHOWN]]
    lines = format_html_join("", '<a class="block text-link" href="{}">{} {}</a>', named)
    more = f"and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
    return format_html(
        '<span class="block" style="min-width: 7rem; overflow-wrap: anywhere">{}{}</span>', lines, more
    )


def _step(finding: Finding, twin: str, taken: EntityMapping | None) -> tuple[str, str, str]:
    """The page that helps, and what it does: one that is linked to another is seen to first."""
    return (row_url(taken), "Relink or unlink", twin) if taken else (_page(finding, twin), "Link to", twin)


def _page(finding: Finding, twin: str) -> str:
    is_here = finding.kind == FindingKind.ONLY_HERE
    row, there = (finding.entity_id, twin) if is_here else (twin, finding.provider_entity_id)
    known = {"connection": finding.connection_id, "kind": finding.entity_type, "row": row, "object": there}
    return f"{reverse('admin:integrations_entitymapping_link')}?{urlencode(known)}"
