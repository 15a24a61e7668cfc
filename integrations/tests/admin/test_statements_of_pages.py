"""The page of a row costs few statements, however much there is to show of it."""

from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.events import Kind
from billing.models import (
    CreditNote,
    Dispute,
    Environment,
    Invoice,
    Payment,
    Price,
    Refund,
    Subscription,
)
from billing.tests.admin.pages import page
from billing.tests.factories import InvoiceFactory, PriceFactory, SubscriptionFactory
from integrations.models import Alarm, Conflict, Connection, EntityMapping, EventPoll, OutboundSync
from integrations.tests.admin.conftest import make_event

MOST, MOST_OF_A_SEARCH = 15, 12


def eventful(environment: Environment, connection: Connection) -> list[Any]:
    """Returns rows of which each panel and alert has something to show: an overpaid invoice and its kin."""
    subscription = SubscriptionFactory(environment=environment)
    customer = subscription.customer
    invoice = InvoiceFactory(environment=environment, customer=customer, finalized=True)
    payments = [received(invoice, connection, number) for number in range(3)]
    paid = {"amount_paid": 180, "amount_remaining": 0, "payment_status": "overpaid"}
    Invoice.objects.filter(pk=invoice.pk).update(subscription=subscription, **paid)
    unpaid = InvoiceFactory(environment=environment, customer=customer, finalized=True)
    received(unpaid, connection, 3)
    Invoice.objects.filter(pk=unpaid.pk).update(
        payment_status="failed", amount_paid=60, amount_remaining=40, failure_message="No money."
    )
    price = Price.objects.get()
    PriceFactory.create_batch(2, environment=environment, plan=price.plan)
    rows = [customer, subscription, invoice, unpaid, payments[0], price, price.plan]
    for row in rows:
        synced(connection, Kind(row._meta.model_name), row.pk)
    for code in ("webhooks_silent", "import_needed"):
        Alarm.objects.create(connection=connection, code=code, message="Look.")
    EventPoll.objects.create(connection=connection, polled_at=timezone.now(), missed=3)
    make_event(connection, object_id="object_1")
    return [connection, *rows]


def received(invoice: Invoice, connection: Connection, number: int) -> Payment:
    """Returns a payment of 60.00 with refunds, a credit note and a dispute."""
    of = {"environment": invoice.environment, "currency": "USD"}
    gateway = {"gateway": "acme", "connection_id": connection.pk, "gateway_payment_id": f"pay_{number}"}
    came = {"amount": 60, "status": "succeeded", "succeeded_at": timezone.now()}
    payment = Payment.objects.create(**of, **gateway, customer=invoice.customer, invoice=invoice, **came)
    for status in ("pending", "failed"):
        Refund.objects.create(**of, payment=payment, amount=Decimal(2), status=status)
    parts = {"amount": 1, "before_payment": 0, "after_payment": 1, "to_balance": 1}
    CreditNote.objects.create(
        **of, customer=invoice.customer, invoice=invoice, issued_at=timezone.now(), **parts
    )
    dispute = {"amount": 1, "amount_of_payment": 1, "status": "needs_response", "opened_at": timezone.now()}
    Dispute.objects.create(**of, payment=payment, gateway_dispute_id=f"dispute_{number}", **dispute)
    return payment


def synced(connection: Connection, kind: Kind, row_id: str) -> None:
    """Maps the row, whose counterpart is gone, with conflicts, and syncs of which one waits."""
    of = {"connection": connection, "entity_type": kind.value, "entity_id": row_id}
    EntityMapping.objects.create(**of, provider_entity_id=f"object_{row_id}", gone_at=timezone.now())
    for winner in ("", "provider", "flexsync"):
        Conflict.objects.create(**of, field="name", ours="a", theirs="b", rule="newest", winner=winner)
    OutboundSync.objects.create(**of, state="done", settled_at=timezone.now())
    OutboundSync.objects.create(**of, state="blocked", waits_for="customer:cust_1", settled_at=timezone.now())


class TestThePageOfARow:
    def test_costs_few_statements_however_much_it_shows(
        self,
        admin_client: Client,
        environment: Environment,
        connection: Connection,
        django_assert_max_num_queries: Any,
    ) -> None:
        rows = eventful(environment, connection)
        for row in rows:
            address = page(type(row), "change", row.pk)
            assert admin_client.get(address).status_code == 200
            with django_assert_max_num_queries(MOST, info=address):
                admin_client.get(address)

    def test_costs_few_statements_where_subscriptions_are_searched(
        self,
        admin_client: Client,
        environment: Environment,
        connection: Connection,
        django_assert_max_num_queries: Any,
    ) -> None:
        _, customer, subscription, *_ = eventful(environment, connection)
        address, text = page(Subscription, "changelist"), {"q": customer.email}
        admin_client.get(address, text)
        with django_assert_max_num_queries(MOST_OF_A_SEARCH):
            html = admin_client.get(address, text).content.decode()
        assert page(Subscription, "change", subscription.pk) in html
