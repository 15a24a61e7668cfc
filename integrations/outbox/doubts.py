"""Calls that may have been made already although nothing here says so: their effect is looked for first.

After a backup was restored the database has forgotten calls; a connection that was made anew knows nothing of
what was sent through others. Lists and reads by id decide, never a search, which lags behind.
"""

from datetime import UTC, datetime

from billing.events import Kind
from billing.ids import made_at
from integrations.connections import doubtful_kinds
from integrations.connections.doubtful_kinds import Doubt
from integrations.errors import Missing
from integrations.models import OutboundCall, OutboundSync, WriteEpoch
from integrations.outbox import same_email, scans
from integrations.provider_api import Gateway, Json, Recovery, registry

FOUND = "FlexSync may have forgotten this call, and looked at the provider: it was done already."
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def done_before(sync: OutboundSync, call: OutboundCall, recovery: Recovery, gateway: Gateway) -> Json | None:
    """What such a call has left behind, None where there is no doubt or nothing is found.

    What is found was followed by other calls: all of this sync are looked for from then on. Raises Rejected
    where nobody can tell.
    """
    found = _found(sync, call, recovery, gateway)
    if found is None:
        return None
    call.detail = FOUND
    if not sync.looks_first:
        sync.looks_first = True
        OutboundSync.objects.filter(pk=sync.pk).update(looks_first=True)
    return found


def _found(sync: OutboundSync, call: OutboundCall, recovery: Recovery, gateway: Gateway) -> Json | None:
    if call.changes:
        # What both sides edit is compared before it is sent.
        return None
    kind, _, entity_id = call.makes.partition(":")
    doubt = doubtful_kinds.of(sync.connection, kind) if kind and not call.target else None
    if doubt is not None and made_at(entity_id) < doubt.before:
        return _named(sync, call, doubt, recovery, gateway)
    if not sync.looks_first:
        return None
    epoch = WriteEpoch.objects.filter(pk=sync.connection_id).first()
    return _find(call, recovery, gateway, (epoch and epoch.remembers_until) or ALWAYS)


def _named(
    sync: OutboundSync, call: OutboundCall, doubt: Doubt, recovery: Recovery, gateway: Gateway
) -> Json | None:
    """The object that names the row: among all of its kind, or where these are many, among those like it."""
    kind, _, entity_id = call.makes.partition(":")
    if doubt.named is None and not doubt.is_long:
        doubt = scans.resolve(sync.connection, Kind(kind), doubt, gateway)
    if doubt.named is None:
        found = _find(call, recovery, gateway, doubt.since)
    else:
        found = _read(sync, Kind(kind), doubt.named.get(entity_id, ""), gateway)
    if found is None and kind == Kind.CUSTOMER and doubt.is_first:
        same_email.refuse(sync.connection, entity_id, _alike(sync, call, doubt, recovery, gateway))
    return found


def _alike(
    sync: OutboundSync, call: OutboundCall, doubt: Doubt, recovery: Recovery, gateway: Gateway
) -> same_email.ByEmail:
    """Who may be the customer: noted for all, or where there are many, listed for this one."""
    if doubt.named is not None or recovery.alike is None:
        return doubt.alike
    provider = registry.provider(sync.connection.provider)
    how = provider.links[Kind.CUSTOMER]
    listing = next(one for one in provider.listings if one.kind == Kind.CUSTOMER)
    found: dict[str, list[str]] = {}
    for one in recovery.alike(gateway, operation=call.operation, params=call.params):
        if not how.marks(one).entity_id:
            same_email.add(found, one, listing)
    return {**found, **doubt.alike}


def _find(call: OutboundCall, recovery: Recovery, gateway: Gateway, since: datetime) -> Json | None:
    return recovery.find(
        gateway, operation=call.operation, params=call.params, target=call.target, since=since
    )


def _read(sync: OutboundSync, kind: Kind, provider_id: str, gateway: Gateway) -> Json | None:
    linkable = registry.provider(sync.connection.provider).links.get(kind)
    if linkable is None or not provider_id:
        return None
    try:
        return gateway.call(linkable.retrieve, linkable.params, target=provider_id)
    except Missing:
        return None
