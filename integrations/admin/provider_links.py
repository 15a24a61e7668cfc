"""Links from FlexSync's rows to their counterparts on the provider's own pages."""

from billing.admin.links import out
from billing.events import Kind
from integrations.admin import entity_links
from integrations.models import Connection
from integrations.provider_api import registry


def label(slug: str) -> str:
    """Returns the provider's name, or its slug when the provider is not installed."""
    found = registry.providers().get(slug)
    return found.label if found else slug


def url(connection: Connection, kind: str, provider_id: str) -> str:
    """Returns the address at which the provider shows the object, "" when there is none."""
    found = registry.providers().get(connection.provider)
    if found is None or kind not in entity_links.MODELS or not provider_id:
        return ""
    return found.object_url(connection.whereabouts(), Kind(kind), provider_id)


def link(connection: Connection, kind: str, provider_id: str) -> str:
    """Returns the provider's id, as a link to the object's page there if it has one."""
    page = url(connection, kind, provider_id)
    return out(page, provider_id) if page else provider_id
