"""Scenarios of payments: the money moves once, and both sides agree."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.errors import BillingError
from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Payment
from billing.services.payments import payments, refunds
from integrations.errors import SyncError
from integrations.outbox import syncs
from integrations.payments import charges, checkout
from integrations.payments.refunds import request_push
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.faults.scenarios import TOTAL, Scenario, an_invoice
from integrations.providers.stripe.tests.faults.world import World

PART, UNITS = Decimal(14), 1400


def a_card(world: World) -> Any:
    """An invoice that is at Stripe, and its customer's card."""
    invoice = an_invoice(world)
    world.recover()
    customer = world.stripe_id_of(invoice.customer_id)
    saved = world.stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    world.stripe_api.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": saved}})
    return invoice


def charged(world: World, invoice: Any) -> Any:
    """What charges.charge writes before its first call."""
    with transaction.atomic():
        payment = charges._begin(world.connection, invoice.pk, now=timezone.now())
        stage(world, payment)
    return invoice


def paid_once(world: World, invoice: Any) -> None:
    # Another intent is pending on the invoice since Stripe finalized it.
    intents = world.stripe_api.v1.payment_intents.list().data
    assert [intent.amount_received for intent in intents if intent.status == "succeeded"] == [TOTAL]
    assert_settled(world, invoice)


def a_charged_card(world: World) -> Any:
    charged(world, a_card(world))
    world.recover()
    return Payment.objects.get(environment=world.environment)


def refunded(world: World, payment: Any) -> Any:
    with transaction.atomic():
        place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
        refunds.create(**place, amount=PART, now=timezone.now())
        request_push(**place, started_by="")
    return payment


def refunded_once(world: World, payment: Any) -> None:
    assert world.only("refunds").amount == UNITS
    payment.refresh_from_db()
    assert (payment.status, payment.amount_refunded) == ("partially_refunded", PART)


def transferred(world: World, invoice: Any) -> Any:
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        amount=builders.TOTAL,
        currency="USD",
        status="succeeded",
        method="bank_transfer",
    )
    payments.create(environment_id=world.environment.pk, facts=facts, now=timezone.now())
    return invoice


def reported_once(world: World, invoice: Any) -> None:
    world.only("payment_records")
    assert_settled(world, invoice)


def a_transfer(world: World) -> Any:
    transferred(world, an_invoice(world))
    world.recover()
    return Payment.objects.get(environment=world.environment)


def refunded_by_hand(world: World, payment: Any) -> Any:
    """Refunds it out of band, in two parts."""
    place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
    for _part in (1, 2):
        refunds.create(**place, amount=PART, out_of_band=True, now=timezone.now())
    return payment


def refunds_are_reported(world: World, payment: Any) -> None:
    assert world.only("payment_records").amount_refunded.value == 2 * UNITS
    payment.refresh_from_db()
    assert (payment.status, payment.amount_refunded) == ("partially_refunded", 2 * PART)


def checkout_is_requested(world: World, invoice: Any) -> None:
    """By a person who waits, and who sees the error."""
    urls = {"success_url": "https://shop.example/yes", "cancel_url": "https://shop.example/no"}
    with suppress(SyncError, BillingError):
        checkout.open_checkout(world.connection, invoice_id=invoice.pk, now=timezone.now(), **urls)


def one_checkout_is_open(world: World, invoice: Any) -> None:
    (payment,) = Payment.objects.filter(environment=world.environment, status="pending")
    # A session whose response was lost may be open too: no customer has its URL, and it expires.
    opened = world.stripe_api.v1.checkout.sessions.retrieve(payment.gateway_session_id)
    assert (opened.status, opened.amount_total, opened.url) == ("open", TOTAL, payment.checkout_url)
    # Stripe does not collect what is being paid in the session.
    assert world.only("invoices").auto_advance is False


def assert_settled(world: World, invoice: Any) -> None:
    invoice.refresh_from_db()
    assert (invoice.amount_paid, invoice.amount_remaining) == (builders.TOTAL, 0)
    remote = world.only("invoices")
    assert (remote.status, remote.amount_paid, remote.amount_remaining) == ("paid", TOTAL, 0)


def stage(world: World, payment: Any) -> None:
    syncs.stage(connection_id=world.connection.pk, kind=Kind.PAYMENT, entity_id=payment.pk)


MONEY = [
    Scenario("card charged", charged, paid_once, before=a_card),
    Scenario("charge refunded", refunded, refunded_once, before=a_charged_card),
    Scenario("transfer reported", transferred, reported_once, before=an_invoice),
    Scenario("transfer refunded", refunded_by_hand, refunds_are_reported, before=a_transfer),
    Scenario(
        "checkout opened",
        lambda _world, invoice: invoice,
        one_checkout_is_open,
        an_invoice,
        checkout_is_requested,
    ),
]
