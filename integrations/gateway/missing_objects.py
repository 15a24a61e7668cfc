"""Notes that a mapped object is gone at the provider, whichever call has shown it."""

from django.db import connection as database
from django.utils import timezone

from integrations.errors import Missing
from integrations.models import Connection, EntityMapping
from integrations.provider_api import ASKS

# Nobody is asked for an invoice that is gone.
_NOTE = f"""
UPDATE {EntityMapping._meta.db_table}
SET gone_at = %(now)s, gone_reason = %(reason)s, updated_at = %(now)s,
    metadata = CASE WHEN jsonb_exists(metadata, '{ASKS}') THEN metadata || '{{"{ASKS}": false}}' ELSE metadata END
WHERE connection_id = %(connection)s AND provider_entity_id = %(object)s AND gone_at IS NULL
    AND %(kind)s IN ('', entity_type)
"""


def note(connection: Connection, missing: Missing) -> None:
    """Keeps since when the object that the answer names is gone, and why; once."""
    if missing.object_id:
        values = {"connection": connection.pk, "object": missing.object_id, "kind": missing.kind}
        reason = connection.masked(f"{str(missing).rstrip('.')}.")
        with database.cursor() as cursor:
            cursor.execute(_NOTE, values | {"now": timezone.now(), "reason": reason})
