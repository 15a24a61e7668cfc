"""Where a group of problems is, as people call the place."""

from collections.abc import Collection

from billing.models import Environment
from integrations.models import Connection
from integrations.triage.kind import KEY_PARTS


def named(keys: Collection[str]) -> dict[str, str]:
    """Its environment and connection by the group's key, "" for what is in none, such as a worker."""
    parts = {key: key.split(":", KEY_PARTS) for key in keys}
    environments = Environment.objects.in_bulk({environment for _, environment, *_ in parts.values()})
    connections = Connection.objects.in_bulk({connection for _, _, connection, _ in parts.values()})
    return {
        key: ", ".join(
            str(row) for row in (environments.get(environment), connections.get(connection)) if row
        )
        for key, (_, environment, connection, _) in parts.items()
    }
