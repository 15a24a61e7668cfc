"""Recognises events of FlexSync's own calls by the call's idempotency key (page "The Event object")."""

from integrations.models import OutboundCall
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.handlers.events import idempotency_key


def is_echo(inbound: Inbound, event: Json) -> bool:
    """Whether a call of this connection caused the event.

    Such an event brings nothing new, but may bring something old, from before the latest change here.
    """
    key = idempotency_key(event)
    # "flexsync-<sync id>-<step>-...": the sync's id finds the call by an index.
    parts = key.split("-", 2)
    if len(parts) != 3 or parts[0] != "flexsync":
        return False
    return OutboundCall.objects.filter(
        sync_id=parts[1], sync__connection_id=inbound.connection_id, idempotency_key=key
    ).exists()
