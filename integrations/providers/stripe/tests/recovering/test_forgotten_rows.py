"""Rows that were made after the backup: what Stripe has of them is brought here again."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.facts import InvoiceFacts, LineFacts
from billing.models import Customer, Invoice, Payment, Plan, Price
from billing.services.invoices import invoices
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.test_round_trips import open_checkout
from integrations.reconcile.recovering import recoveries

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def restored(backups, registered, environment, simulator, stripe_api):
    """After the backup: a price, a customer with two invoices, of which one is paid; then the restore."""
    backups.push()
    builders.customer(environment, name="Before", email="before@example.com")
    backups.push()
    backups.dump()
    backups.minutes_pass()
    builders.price(environment)
    customer = builders.customer(environment, name="After", email="after@example.com", external_id="crm-9")
    invoices = [builders.invoice(customer) for _ in range(2)]
    backups.push()
    paid = EntityMapping.objects.get(entity_id=invoices[0].pk).provider_entity_id
    simulator.pay_invoice(paid)
    backups.restore()
    backups.minutes_pass()
    backups.push()
    backups.beat()
    backups.go_on()
    return paid


def test_are_here_again_with_their_money(restored, stripe_api):
    assert Plan.objects.count() == Price.objects.count() == 1
    after = Customer.objects.get(external_id="crm-9")
    assert after.name == "After"
    assert Customer.objects.count() == len(stripe_api.v1.customers.list().data) == 2
    found = Invoice.objects.filter(customer=after)
    assert found.count() == len(stripe_api.v1.invoices.list().data) == 2
    assert {invoice.is_external for invoice in found} == {True}
    assert sorted(invoice.amount_remaining for invoice in found) == [0, builders.TOTAL]
    assert Payment.objects.get().invoice in found


def test_keep_their_numbers_to_themselves(restored, environment, stripe_api):
    given = {one.metadata["flexprice_invoice_number"] for one in stripe_api.v1.invoices.list().data}
    assert given == {"INV-000001", "INV-000002"}
    assert builders.invoice(Customer.objects.get(external_id="crm-9")).number == "INV-000003"


def test_follow_what_happens_next(restored, backups, registered, simulator, stripe_api):
    [still_open] = [one for one in stripe_api.v1.invoices.list().data if one.id != restored]
    simulator.pay_invoice(still_open.id)
    backups.go_on()
    assert {invoice.payment_status for invoice in Invoice.objects.all()} == {"succeeded"}
    assert Payment.objects.count() == 2


def test_are_no_objects_of_something_else(restored, stripe_api):
    """Stripe has made a price for each line of an invoice: these are nothing to import."""
    assert len(stripe_api.v1.prices.list().data) >= 1
    assert Price.objects.count() == 1
    assert not InboundEvent.objects.filter(state="dead").exists()


def test_of_payments_through_a_page_count_for_their_invoice(
    backups, registered, environment, simulator, stripe_api
):
    invoice = builders.invoice(builders.customer(environment))
    backups.push()
    backups.dump()
    backups.minutes_pass()
    payment = open_checkout(registered, invoice)
    assert simulator.pay_checkout_session(payment.gateway_session_id).status_code == 303
    backups.restore()
    backups.minutes_pass()
    builders.customer(environment, name="Bob")
    backups.go_on()
    invoice.refresh_from_db()
    assert (invoice.payment_status, invoice.amount_remaining) == ("succeeded", 0)
    assert Payment.objects.get(status="succeeded").invoice == invoice
    assert len(stripe_api.v1.invoices.list().data) == 1


def draft_of(customer):
    facts = InvoiceFacts(customer_id=customer.pk, lines=builders.LINES, currency="USD")
    return invoices.create(environment_id=customer.environment_id, facts=facts)


@pytest.mark.parametrize("is_noticed", [True, False])
def test_of_a_draft_that_was_finalized_afterwards_there_is_one_invoice(
    backups, registered, environment, stripe_api, is_noticed
):
    """Whether its events come before it is noticed that the database is older, or after."""
    draft = draft_of(builders.customer(environment))
    backups.push()
    backups.dump()
    backups.minutes_pass()
    invoices.finalize(environment_id=environment.pk, invoice_id=draft.pk, now=timezone.now())
    backups.push()
    [there] = stripe_api.v1.invoices.list().data
    backups.restore()
    backups.minutes_pass()
    if is_noticed:
        recoveries.start(registered, by="ada", now=timezone.now())
    backups.polls.after(minutes=4)
    backups.polls.apply()
    builders.customer(environment, name="Bob")
    backups.go_on()
    draft.refresh_from_db()
    assert EntityMapping.objects.get(entity_type="invoice").provider_entity_id == there.id
    assert (Invoice.objects.count(), draft.status, draft.number) == (
        1, "finalized", there.metadata["flexprice_invoice_number"],
    )  # fmt: skip
    backups.go_on()
    assert len(stripe_api.v1.invoices.list().data) == 1


def test_of_a_draft_that_was_changed_before_it_was_finalized_no_second_one_is_made(
    backups, registered, environment, stripe_api
):
    """The backup has other lines than what was sent: a person has to say what is owed."""
    draft = draft_of(builders.customer(environment))
    backups.push()
    backups.dump()
    backups.minutes_pass()
    more = (*builders.LINES, LineFacts(description="More", quantity=Decimal(1), unit_amount=Decimal(6)))
    invoices.update(environment_id=environment.pk, invoice_id=draft.pk, changes={"lines": more})
    invoices.finalize(environment_id=environment.pk, invoice_id=draft.pk, now=timezone.now())
    backups.push()
    backups.restore()
    backups.minutes_pass()
    recoveries.start(registered, by="ada", now=timezone.now())
    backups.go_on()
    draft.refresh_from_db()
    invoices.finalize(environment_id=environment.pk, invoice_id=draft.pk, now=timezone.now())
    backups.push()
    assert len(stripe_api.v1.invoices.list().data) == 1
    blocked = OutboundSync.objects.get(entity_id=draft.pk)
    assert (blocked.state, "already linked to" in blocked.last_error) == ("blocked", True)
