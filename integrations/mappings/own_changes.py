"""When a field of an entity was changed here."""

from datetime import datetime
from typing import Any

from billing.events import Kind
from billing.persistence import rows
from billing.persistence.tables import MODELS
from integrations.provider_api import Mergeable, Place


def changed_at(mergeable: Mergeable, place: Place, kind: Kind, entity_id: str, name: str) -> datetime | None:
    """When the field was last changed here, None where that was never; locks the row."""
    row: Any = rows.locked(MODELS[kind], place.environment_id, entity_id)
    if mergeable.columns is None:
        columns = [mergeable.column(name)]
    else:
        columns = list(mergeable.columns(place, entity_id, name))
    times = [row.changed_at[column] for column in columns if column in row.changed_at]
    return max(map(datetime.fromisoformat, times), default=None)
