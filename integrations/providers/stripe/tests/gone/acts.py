"""What a person does at Stripe and here in these tests; no webhook tells of it."""

from django.utils import timezone

from billing.services.customers import customers
from integrations.linking import gone_choices
from integrations.linking.pairs import Deed
from integrations.models import EntityMapping, OutboundSync
from integrations.models.mappings import GoneChoice
from integrations.outbox import worker


def mapping_of(row):
    return EntityMapping.objects.get(entity_id=row.pk)


def stripe_id_of(row):
    return mapping_of(row).provider_entity_id


def rename(customer, name="Ada King"):
    customers.update(environment_id=customer.environment_id, customer_id=customer.pk, changes={"name": name})


def resolve(row, choice, by="ann"):
    mapping = EntityMapping.objects.select_related("connection").get(entity_id=row.pk)
    return gone_choices.resolve(mapping, GoneChoice(choice), Deed(by, "as agreed"), timezone.now())


def deliver():
    """Does all open work of the outbox; returns (kind, state) of every sync by entity, the latest only."""
    for _ in range(4):
        for sync in OutboundSync.objects.filter(state__in=["pending", "sending"]).order_by("pk"):
            worker.deliver(sync.pk, now=timezone.now())
    latest = OutboundSync.objects.order_by("entity_id", "-pk").distinct("entity_id")
    return {sync.entity_id: sync.state for sync in latest}


def writes(simulator):
    return [call["operation"] for call in simulator.requests() if call["method"] != "GET"]
