"""A finding in a line, as commands print it."""

from integrations.models import Finding
from integrations.reconcile.comparing import values


def named(finding: Finding) -> str:
    """What it is about, with both values of a field."""
    own = finding.entity_id or finding.provider_entity_id
    text = f"{finding.entity_type} {own}, {finding}"
    if not finding.field:
        return text
    return f"{text}: {values.ours(finding)!r} here, {values.theirs(finding)!r} there"
