"""The values of a finding as the API writes them: times, which are numbers at the provider, as text."""

from datetime import UTC, datetime
from typing import Any

from billing.events import Kind
from integrations.models import Finding
from integrations.provider_api import registry


def ours(finding: Finding) -> Any:
    """FlexSync's value."""
    return shown(finding, finding.ours)


def theirs(finding: Finding) -> Any:
    """The provider's value."""
    return shown(finding, finding.theirs)


def shown(finding: Finding, value: Any) -> Any:
    """Either's value."""
    provider = registry.providers().get(finding.connection.provider)
    mergeable = provider.mergeables.get(Kind(finding.entity_type)) if provider else None
    if mergeable is None or finding.field not in mergeable.times or not isinstance(value, int):
        return value
    return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
