"""Thirty rows of each noun with related rows, which reveal a list that makes a query for each row."""

from django.utils import timezone

from billing.models import (
    ApiKey,
    Customer,
    Environment,
    Invoice,
    Payment,
    Plan,
    Price,
    Subscription,
    SubscriptionItem,
)
from integrations.models import (
    Alarm,
    Connection,
    EntityMapping,
    ImportRun,
    InboundEvent,
    LinkCandidate,
    OutboundSync,
    Process,
    SyncRun,
)

THIRTY = range(30)


def crowd() -> None:
    """Makes the rows."""
    worlds = Environment.objects.bulk_create(Environment(name=f"World {n}") for n in THIRTY)
    bill(worlds)
    travel(worlds)


def bill(worlds: list[Environment]) -> None:
    """Thirty of each of billing's nouns."""
    customers = Customer.objects.bulk_create(Customer(environment=one, name="Ada") for one in worlds)
    plans = Plan.objects.bulk_create(Plan(environment=one, name="Team") for one in worlds)
    own = [{"environment": one.environment, "customer": one, "currency": "USD"} for one in customers]
    prices = Price.objects.bulk_create(
        Price(environment=one.environment, plan=one, currency="USD") for one in plans
    )
    made = Subscription.objects.bulk_create(Subscription(**columns) for columns in own)
    SubscriptionItem.objects.bulk_create(
        SubscriptionItem(subscription=one, price=price) for one, price in zip(made, prices, strict=True)
    )
    invoices = Invoice.objects.bulk_create(Invoice(**columns) for columns in own)
    Payment.objects.bulk_create(
        Payment(**columns, invoice=invoice, amount=1) for columns, invoice in zip(own, invoices, strict=True)
    )
    ApiKey.objects.bulk_create(
        ApiKey(id=f"key{n}", prefix=f"key{n}", hashed_key="x", name="Shop", environment=worlds[n])
        for n in THIRTY
    )


def travel(worlds: list[Environment]) -> None:
    """Thirty of each of the integrations' nouns."""
    made = Connection.objects.bulk_create(
        Connection(environment=one, provider="acme", name="Acme", shown_credentials={"secret_key": "1234"})
        for one in worlds
    )
    EntityMapping.objects.bulk_create(
        EntityMapping(
            connection=one, entity_type="customer", entity_id="cust_1", provider_entity_id="person_1"
        )
        for one in made
    )
    InboundEvent.objects.bulk_create(
        InboundEvent(connection=one, provider_event_id="evt_1", type="a", created=timezone.now(), payload={})
        for one in made
    )
    OutboundSync.objects.bulk_create(
        OutboundSync(connection=one, entity_type="customer", entity_id="cust_1") for one in made
    )
    Alarm.objects.bulk_create(Alarm(connection=one, code="webhooks_silent") for one in made)
    SyncRun.objects.bulk_create(SyncRun(connection=one, entity_type="customer") for one in made)
    now = timezone.now()
    Process.objects.bulk_create(Process(kind="web", pid=n, started_at=now, seen_at=now) for n in THIRTY)
    imports = ImportRun.objects.bulk_create(ImportRun(connection=one) for one in made)
    LinkCandidate.objects.bulk_create(
        LinkCandidate(run=one, entity_type="customer", provider_entity_id="person_1") for one in imports
    )
