"""Recognises events that our own calls have caused: they carry the call's idempotency key (page "The Event object")."""

from billing.events import Kind
from integrations.errors import Retry
from integrations.models import OutboundCall
from integrations.provider import Ignored, Inbound, Json
from integrations.providers.stripe.translate import metadata


def is_echo(inbound: Inbound, event: Json) -> bool:
    """Whether a call of this connection caused the event.

    Such an event tells nothing new, but it may tell something old: what was true before the latest change here.
    """
    key = str((event.get("request") or {}).get("idempotency_key") or "")
    # "flexsync-<sync id>-<step>-...": the sync leads to the call by an index.
    parts = key.split("-", 2)
    if len(parts) != 3 or parts[0] != "flexsync":
        return False
    return OutboundCall.objects.filter(
        sync_id=parts[1], sync__connection_id=inbound.connection_id, idempotency_key=key
    ).exists()


def link_ours(inbound: Inbound, kind: Kind, theirs: Json, name: str) -> Ignored:
    """Links an object that a call of ours has just made, before the call's own answer was recorded.

    ``name`` is the metadata in which our id stands. Raises Retry when only the answer can tell which of ours it is.
    """
    ours = metadata.of(theirs).get(name, "")
    if not ours:
        raise Retry(f"It waits until the push that made {theirs['id']} has recorded it.")
    inbound.link(kind, ours, theirs["id"])
    return Ignored("FlexSync has made it, and it is linked now.")
