"""Which connection bills a subscription: one, because the provider of each that has it charges for it."""

from collections.abc import Sequence

from billing.events import Kind
from billing.models import Subscription
from integrations.errors import BILLED, Rejected
from integrations.models import Connection, EntityMapping
from integrations.models.connections import ConnectionStatus


def biller(subscription: Subscription, connection_id: str) -> str:
    """The other connection that bills it, as text; "" where this one does, or is to be the one.

    Raises Rejected where several would begin to.
    """
    if found := elsewhere(subscription.pk, connection_id):
        return f"{found.connection} ({found.provider_entity_id})"
    own = Connection.objects.get(pk=connection_id)
    usable = Connection.objects.filter(environment_id=own.environment_id).exclude(
        status=ConnectionStatus.ARCHIVED
    )
    if named := usable.filter(pk=subscription.customer.connection_id).exclude(pk=connection_id).first():
        return str(named)
    others = usable.filter(subscription_outbound_enabled=True).exclude(pk=connection_id)
    if others and own.subscription_outbound_enabled and subscription.customer.connection_id != connection_id:
        raise _undecided(subscription, [own, *others])
    return ""


def _undecided(subscription: Subscription, connections: Sequence[Connection]) -> Rejected:
    names = ", ".join(f"{one.pk} ({one.name})" for one in connections)
    refusal = Rejected(
        f"Several connections would bill the subscription {subscription.pk}: {names}. Name one as the connection_id of"
        f" its customer {subscription.customer_id}, or turn subscription_outbound_enabled off for the others: then this"
        " goes on."
    )
    refusal.waits_for = f"{BILLED}{Kind.CUSTOMER}:{subscription.customer_id}"
    return refusal


def elsewhere(subscription_id: str, connection_id: str) -> EntityMapping | None:
    """Its counterpart in the account of another connection, None where there is none."""
    found = EntityMapping.objects.filter(
        entity_type=Kind.SUBSCRIPTION, entity_id=subscription_id, gone_at=None
    )
    others = found.exclude(connection=connection_id).exclude(connection__status=ConnectionStatus.ARCHIVED)
    return others.select_related("connection").order_by("pk").first()
