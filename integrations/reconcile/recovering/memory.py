"""Until when the database knows what was sent, and what follows for everything older that it will send."""

import secrets
from datetime import datetime

from integrations.connections import doubtful_kinds
from integrations.models import Connection, EventPoll, OutboundCall, OutboundSync, WriteEpoch
from integrations.models.outbound import SyncState
from integrations.provider_api import registry


def reaches_to(connection: Connection) -> datetime:
    """The newest moment of which something is known: an epoch, or a call that was recorded."""
    epoch = WriteEpoch.objects.filter(pk=connection.pk).first()
    calls = OutboundCall.objects.filter(sync__connection=connection)
    if epoch is not None and epoch.began_at is not None:
        # What was sent a minute later may have been recorded, too.
        return epoch.began_at
    newest = calls.order_by("-started_at").values_list("started_at", flat=True).first()
    return newest or connection.created_at


def distrust(connection: Connection, now: datetime) -> None:
    """Lets whatever is older than ``now`` be looked for before it is sent, and reuses no idempotency key.

    Events are polled anew from where the database ends.
    """
    since = reaches_to(connection)
    kinds = registry.provider(connection.provider).pushes
    doubtful_kinds.begin(connection, now, since=since, kinds=kinds)
    connection.recovery_mark = secrets.token_hex(6)
    connection.save(update_fields=["recovery_mark", "updated_at"])
    WriteEpoch.objects.update_or_create(connection=connection, defaults={"remembers_until": since})
    OutboundSync.objects.filter(connection=connection).exclude(state=SyncState.DONE).update(looks_first=True)
    EventPoll.objects.filter(connection=connection).update(
        began_at=None,
        since=None,
        until=None,
        types_left=[],
        cursor="",
        next_at=None,
        lease_holder="",
        leased_until=None,
    )
