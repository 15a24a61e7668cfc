"""Connections that bring nothing here: there an import reads nothing, and each push looks before it makes."""

import pytest

from billing.models import Invoice, Payment, Refund
from integrations.models import EntityMapping, OutboundCall
from integrations.outbox import doubts
from integrations.payments import refunds
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import refund
from integrations.providers.stripe.tests.recovering.test_money import forget
from integrations.testing import make_connection

pytestmark = pytest.mark.django_db(transaction=True)
OUTBOUND = (
    "customer_outbound_enabled",
    "plan_outbound_enabled",
    "subscription_outbound_enabled",
    "invoice_outbound_enabled",
)


@pytest.fixture
def connection(environment):
    return make_connection(
        environment.id, "stripe", on=OUTBOUND, credentials={"secret_key": builders.SECRET_KEY}
    )


@pytest.mark.parametrize("days", [0, 40])
def test_nothing_is_made_or_asked_for_twice(backups, environment, simulator, stripe_api, days):
    price = builders.price(environment)
    invoices = [builders.invoice(builders.customer(environment, name=name)) for name in "abcde"]
    backups.dump()
    backups.push()
    backups.minutes_pass()
    builders.customer(environment, name="Later")
    backups.push()
    for invoice in stripe_api.v1.invoices.list().data[:2]:
        simulator.pay_invoice(invoice.id)
    simulator.advance_clock(days * 86400)
    backups.restore()
    backups.minutes_pass()
    backups.go_on()
    assert len(stripe_api.v1.invoices.list().data) == len(invoices) == Invoice.objects.count()
    assert len(stripe_api.v1.customers.list().data) == 6
    assert len([one for one in stripe_api.v1.products.list().data if one.name == "Growth"]) == 1
    assert EntityMapping.objects.filter(entity_id=price.pk).exists()
    assert Invoice.objects.filter(payment_status="succeeded").count() == Payment.objects.count() == 2
    assert OutboundCall.objects.filter(detail=doubts.FOUND, operation="invoices.create").count() == 5


def test_an_invoice_is_sent_by_mail_once(backups, environment, simulator, stripe_api):
    builders.invoice(builders.customer(environment), collection_method="send_invoice")
    backups.dump()
    backups.push()
    backups.minutes_pass()
    builders.customer(environment, name="Later")
    backups.push()
    backups.restore()
    backups.minutes_pass()
    backups.go_on()
    sent = [call for call in simulator.requests() if call["operation"] == "invoices.send_invoice"]
    assert len(sent) == 1


def test_no_key_is_used_for_other_content(backups, environment, stripe_api):
    """A push that was pending is changed after the restore, within the day for which Stripe knows its key."""
    customer = builders.customer(environment, name="Old")
    backups.dump()
    backups.push()
    backups.minutes_pass()
    builders.customer(environment, name="Later")
    backups.push()
    [made] = [one for one in stripe_api.v1.customers.list().data if one.name == "Old"]
    stripe_api.v1.customers.delete(made.id)
    backups.restore()
    backups.minutes_pass()
    type(customer).objects.filter(pk=customer.pk).update(name="New")
    backups.go_on()
    assert sorted(one.name for one in stripe_api.v1.customers.list().data) == ["Later", "New"]


def test_a_refund_whose_events_are_gone_is_made_once(
    backups, environment, simulator, stripe_api, monkeypatch
):
    monkeypatch.setattr(refunds, "deliver_and_wait", lambda _sync: None)
    invoice = builders.invoice(builders.customer(environment))
    backups.push()
    simulator.pay_invoice(EntityMapping.objects.get(entity_id=invoice.pk).provider_entity_id)
    backups.beat()
    refund(Payment.objects.get(status="succeeded"), amount=builders.TOTAL / 2)
    forget(backups, environment, simulator, days=40)
    assert [one.amount for one in stripe_api.v1.refunds.list().data] == [2700]
    assert Refund.objects.get().status == "succeeded"
