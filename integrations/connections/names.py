"""What people call a connection."""

from integrations.models import Connection
from integrations.provider_api import registry


def in_words(connection: Connection) -> str:
    """ "Stripe (Acme Ltd)"; the name alone where that says the provider."""
    found = registry.providers().get(connection.provider)
    label, name = found.label if found else connection.provider, connection.name
    return name if label.lower() in name.lower() else f"{label} ({name})"
