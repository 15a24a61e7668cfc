"""Money received outside Stripe is counted by Stripe's invoice, up to its debt, and is not imported again."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Payment
from billing.services.payments import refunds
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import finish, fresh, stripe_invoice, transfer
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)
REPORTED = ["payment_records.report_payment", "invoices.attach_payment"]


def state_at_stripe(stripe_api, invoice):
    found = stripe_invoice(stripe_api, invoice)
    return found.status, found.amount_paid, found.amount_remaining


def test_the_whole_amount_pays_stripes_invoice(pipelines, stripe_api, invoice):
    before = len(pipelines.writes())
    paid = transfer(invoice, "54.00")
    pipelines.settle()
    assert state_at_stripe(stripe_api, invoice) == ("paid", 5400, 0)
    # The events of the own calls (invoice.paid, invoice_payment.paid) are about the same money.
    assert Payment.objects.get() == paid and fresh(invoice).amount_paid == builders.TOTAL
    assert [write for write in pipelines.writes()[before:] if write != "invoices.update"] == REPORTED
    record = stripe_api.v1.payment_records.list().data[0]
    assert record.payment_method_details.custom.display_name == "Bank transfer"
    assert record.metadata["flexprice_payment_id"] == paid.pk
    assert pipelines.unsettled() == []


def test_a_part_leaves_the_rest_to_be_paid(pipelines, stripe_api, invoice):
    transfer(invoice, "20.00")
    pipelines.settle()
    assert state_at_stripe(stripe_api, invoice) == ("open", 2000, 3400)
    # Both sides have counted it: Stripe may collect the rest.
    assert stripe_invoice(stripe_api, invoice).auto_advance is True
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    pipelines.settle()
    assert state_at_stripe(stripe_api, invoice) == ("paid", 5400, 0)
    assert (fresh(invoice).payment_status, invoice.amount_paid) == ("succeeded", builders.TOTAL)
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal(20), Decimal(34)]
    assert pipelines.unsettled() == []


def refund_by_hand(payment, amount):
    place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
    refunds.create(**place, amount=Decimal(amount), out_of_band=True, now=timezone.now())


def record(stripe_api):
    (found,) = stripe_api.v1.payment_records.list().data
    return found


def test_each_refund_is_reported_once(pipelines, stripe_api, connection, invoice):
    paid = transfer(invoice, "54.00")
    pipelines.settle()
    for amount, total in (("14.00", 1400), ("20.00", 3400)):
        refund_by_hand(paid, amount)
        pipelines.settle()
        assert record(stripe_api).amount_refunded.value == total
    push(connection, Kind.PAYMENT, paid.pk)
    assert pipelines.writes().count("payment_records.report_refund") == 2
    assert pipelines.unsettled() == []


def test_no_more_is_refunded_at_stripe_than_was_reported(pipelines, stripe_api, invoice):
    """Stripe's record counts only what its invoice still asked for."""
    transfer(invoice, "34.00")
    pipelines.settle()
    paid = transfer(invoice, "54.00")
    pipelines.settle()
    refund_by_hand(paid, "15.00")
    refund_by_hand(paid, "39.00")
    pipelines.settle()
    counted = [
        (row.amount.value, row.amount_refunded.value) for row in stripe_api.v1.payment_records.list().data
    ]
    assert sorted(counted) == [(2000, 2000), (3400, 0)]
    assert pipelines.unsettled() == []


def test_a_payment_refunded_before_the_push_of_its_invoice_is_reported_with_its_refund(
    pipelines, stripe_api, connection, customer
):
    late = builders.invoice(customer)
    refund_by_hand(transfer(late, "54.00"), "14.00")
    push(connection, Kind.INVOICE, late.pk)
    pipelines.settle()
    assert (record(stripe_api).amount.value, record(stripe_api).amount_refunded.value) == (5400, 1400)


def test_two_parts_are_two_records(pipelines, stripe_api, invoice):
    transfer(invoice, "20.00")
    pipelines.settle()
    transfer(invoice, "34.00")
    pipelines.settle()
    assert state_at_stripe(stripe_api, invoice) == ("paid", 5400, 0)
    assert sorted(row.amount.value for row in stripe_api.v1.payment_records.list().data) == [2000, 3400]
    assert Payment.objects.count() == 2 and pipelines.unsettled() == []


def test_an_overpayment_creates_no_credit_at_stripe(pipelines, stripe_api, invoice):
    transfer(invoice, "60.00")
    pipelines.settle()
    assert fresh(invoice).payment_status == "overpaid"
    assert state_at_stripe(stripe_api, invoice) == ("paid", 5400, 0)
    assert stripe_invoice(stripe_api, invoice).amount_overpaid == 0 and pipelines.unsettled() == []


def test_a_payment_before_the_push_of_its_invoice_is_reported_with_it(
    pipelines, stripe_api, connection, customer
):
    connection.invoice_outbound_enabled = False
    connection.save()
    early = builders.invoice(customer)
    transfer(early, "20.00")
    pipelines.settle()
    assert push(connection, Kind.INVOICE, early.id).state == "done"
    pipelines.settle()
    assert state_at_stripe(stripe_api, early) == ("open", 2000, 3400)
    assert Payment.objects.count() == 1 and pipelines.unsettled() == []


def test_nothing_is_reported_twice(pipelines, invoice, connection):
    paid = transfer(invoice, "54.00")
    pipelines.settle()
    before = pipelines.writes()
    assert push(connection, Kind.PAYMENT, paid.pk).state == "done"
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    assert pipelines.writes() == before


@pytest.mark.parametrize("operation", REPORTED)
@pytest.mark.parametrize("effect", ["500_before", "500_after", "reset_after", "timeout"])
def test_with_a_fault_it_is_reported_once(pipelines, short_timeout, stripe_api, invoice, operation, effect):
    pipelines.simulator.faults.add(operation, effect)
    transfer(invoice, "20.00")
    finish(pipelines)
    assert state_at_stripe(stripe_api, invoice) == ("open", 2000, 3400)
    assert len(stripe_api.v1.payment_records.list().data) == 1
    assert Payment.objects.count() == 1 and pipelines.unsettled() == []
