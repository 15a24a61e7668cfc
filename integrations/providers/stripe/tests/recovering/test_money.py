"""What takes or gives back money, and what bills by itself, is done once also where a backup forgot it."""

import pytest

from billing.models import Payment, Refund, Subscription
from integrations.models import EntityMapping
from integrations.payments import charges, refunds
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import charge, refund
from integrations.providers.stripe.tests.test_push_subscriptions import give_card, item, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _left_to_workers(monkeypatch):
    """Charges and refunds wait for a worker."""
    for module in (charges, refunds):
        monkeypatch.setattr(module, "deliver_and_wait", lambda _sync: None)


@pytest.fixture
def customer(backups, environment, stripe_api):
    """Is at Stripe, with a card."""
    made = builders.customer(environment)
    backups.push()
    give_card(stripe_api, made)
    return made


def forget(backups, environment, simulator, days=2):
    """Everything that workers do from now on is forgotten; keys have expired when they do it again."""
    backups.dump()
    backups.minutes_pass()
    backups.push()
    backups.minutes_pass()
    builders.customer(environment, name="Later")
    backups.push()
    simulator.advance_clock(days * 86400)
    backups.restore()
    backups.minutes_pass()
    backups.go_on()


def test_a_charge(backups, registered, environment, customer, simulator, stripe_api):
    invoice = builders.invoice(customer)
    backups.push()
    charge(registered, invoice)
    forget(backups, environment, simulator)
    invoice.refresh_from_db()
    assert (invoice.payment_status, invoice.amount_remaining) == ("succeeded", 0)
    assert Payment.objects.filter(status="succeeded").count() == 1
    assert sum(one.amount_received for one in stripe_api.v1.payment_intents.list().data) == 5400


def test_a_refund(backups, registered, environment, customer, simulator, stripe_api):
    invoice = builders.invoice(customer)
    backups.push()
    there = EntityMapping.objects.get(entity_id=invoice.pk).provider_entity_id
    simulator.pay_invoice(there)
    backups.beat()
    payment = Payment.objects.get(status="succeeded")
    refund(payment, amount=builders.TOTAL / 2)
    forget(backups, environment, simulator)
    assert [one.amount for one in stripe_api.v1.refunds.list().data] == [2700]
    assert Refund.objects.get().status == "succeeded"
    payment.refresh_from_db()
    assert payment.amount_refunded == builders.TOTAL / 2


@pytest.mark.parametrize("ends", [False, True])
def test_a_subscription(backups, registered, environment, customer, simulator, stripe_api, ends, monkeypatch):
    row = subscribe(customer, item(builders.price(environment), 2))
    if ends:
        # Cancelled at Stripe before the restore: another one would bill the customer again.
        restore = backups.restore

        def cancelled_first():
            stripe_api.v1.subscriptions.cancel(stripe_api.v1.subscriptions.list().data[0].id)
            restore()

        monkeypatch.setattr(backups, "restore", cancelled_first)
    forget(backups, environment, simulator)
    found = stripe_api.v1.subscriptions.list({"status": "all"}).data
    assert [one.status for one in found] == ["canceled" if ends else "active"]
    assert Subscription.objects.get(pk=row.pk).status == ("cancelled" if ends else "active")
