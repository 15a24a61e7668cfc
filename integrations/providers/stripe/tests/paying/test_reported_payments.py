"""Money that came to our own bank: Stripe's invoice counts it, nothing more, and it is not counted here again."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Payment
from billing.services.payments import payments, refunds
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import finish, fresh, their_invoice
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)
REPORTED = ["payment_records.report_payment", "invoices.attach_payment"]


def transfer(invoice, amount):
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        amount=Decimal(amount),
        currency="USD",
        status="succeeded",
        method="bank_transfer",
    )
    return payments.create(environment_id=invoice.environment_id, facts=facts, now=timezone.now())


def stands(stripe_api, invoice):
    found = their_invoice(stripe_api, invoice)
    return found.status, found.amount_paid, found.amount_remaining


def test_the_whole_sum_makes_stripes_invoice_paid(pipelines, stripe_api, invoice):
    before = len(pipelines.writes())
    paid = transfer(invoice, "54.00")
    pipelines.settle()
    assert stands(stripe_api, invoice) == ("paid", 5400, 0)
    # The echoes (invoice.paid, invoice_payment.paid) tell of the same money.
    assert Payment.objects.get() == paid and fresh(invoice).amount_paid == builders.TOTAL
    assert [one for one in pipelines.writes()[before:] if one != "invoices.update"] == REPORTED
    record = stripe_api.v1.payment_records.list().data[0]
    assert record.payment_method_details.custom.display_name == "Bank transfer"
    assert record.metadata["flexprice_payment_id"] == paid.pk
    assert pipelines.unsettled() == []


def test_a_part_leaves_the_rest_to_be_paid(pipelines, stripe_api, invoice):
    transfer(invoice, "20.00")
    pipelines.settle()
    assert stands(stripe_api, invoice) == ("open", 2000, 3400)
    # Both sides know of it: Stripe may collect what is left.
    assert their_invoice(stripe_api, invoice).auto_advance is True
    pipelines.simulator.pay_invoice(their_invoice(stripe_api, invoice).id)
    pipelines.settle()
    assert stands(stripe_api, invoice) == ("paid", 5400, 0)
    assert (fresh(invoice).payment_status, invoice.amount_paid) == ("succeeded", builders.TOTAL)
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal(20), Decimal(34)]
    assert pipelines.unsettled() == []


def give_back(payment, amount):
    place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
    refunds.create(**place, amount=Decimal(amount), out_of_band=True, now=timezone.now())


def record(stripe_api):
    (one,) = stripe_api.v1.payment_records.list().data
    return one


def test_what_is_given_back_is_reported_once(pipelines, stripe_api, connection, invoice):
    paid = transfer(invoice, "54.00")
    pipelines.settle()
    for amount, total in (("14.00", 1400), ("20.00", 3400)):
        give_back(paid, amount)
        pipelines.settle()
        assert record(stripe_api).amount_refunded.value == total
    push(connection, Kind.PAYMENT, paid.pk)
    assert pipelines.writes().count("payment_records.report_refund") == 2
    assert pipelines.unsettled() == []


def test_no_more_is_given_back_than_stripe_was_told_of(pipelines, stripe_api, invoice):
    """Stripe's record has what its invoice still asked for."""
    transfer(invoice, "34.00")
    pipelines.settle()
    paid = transfer(invoice, "54.00")
    pipelines.settle()
    give_back(paid, "15.00")
    give_back(paid, "39.00")
    pipelines.settle()
    counted = [
        (one.amount.value, one.amount_refunded.value) for one in stripe_api.v1.payment_records.list().data
    ]
    assert sorted(counted) == [(2000, 2000), (3400, 0)]
    assert pipelines.unsettled() == []


def test_one_that_was_given_back_before_its_invoice_came_to_stripe_is_reported_so(
    pipelines, stripe_api, connection, customer
):
    late = builders.invoice(customer)
    give_back(transfer(late, "54.00"), "14.00")
    push(connection, Kind.INVOICE, late.pk)
    pipelines.settle()
    assert (record(stripe_api).amount.value, record(stripe_api).amount_refunded.value) == (5400, 1400)


def test_two_parts_are_two_records(pipelines, stripe_api, invoice):
    transfer(invoice, "20.00")
    pipelines.settle()
    transfer(invoice, "34.00")
    pipelines.settle()
    assert stands(stripe_api, invoice) == ("paid", 5400, 0)
    assert sorted(one.amount.value for one in stripe_api.v1.payment_records.list().data) == [2000, 3400]
    assert Payment.objects.count() == 2 and pipelines.unsettled() == []


def test_more_than_was_due_gives_nobody_a_credit_at_stripe(pipelines, stripe_api, invoice):
    transfer(invoice, "60.00")
    pipelines.settle()
    assert fresh(invoice).payment_status == "overpaid"
    assert stands(stripe_api, invoice) == ("paid", 5400, 0)
    assert their_invoice(stripe_api, invoice).amount_overpaid == 0 and pipelines.unsettled() == []


def test_what_was_paid_before_the_invoice_came_to_stripe_is_reported_with_it(
    pipelines, stripe_api, connection, customer
):
    connection.invoice_outbound_enabled = False
    connection.save()
    early = builders.invoice(customer)
    transfer(early, "20.00")
    pipelines.settle()
    assert push(connection, Kind.INVOICE, early.id).state == "done"
    pipelines.settle()
    assert stands(stripe_api, early) == ("open", 2000, 3400)
    assert Payment.objects.count() == 1 and pipelines.unsettled() == []


def test_nothing_is_told_twice(pipelines, invoice, connection):
    paid = transfer(invoice, "54.00")
    pipelines.settle()
    told = pipelines.writes()
    assert push(connection, Kind.PAYMENT, paid.pk).state == "done"
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    assert pipelines.writes() == told


@pytest.mark.parametrize("operation", REPORTED)
@pytest.mark.parametrize("effect", ["500_before", "500_after", "reset_after", "timeout"])
def test_each_fault_reports_it_once(pipelines, short_timeout, stripe_api, invoice, operation, effect):
    pipelines.simulator.faults.add(operation, effect)
    transfer(invoice, "20.00")
    finish(pipelines)
    assert stands(stripe_api, invoice) == ("open", 2000, 3400)
    assert len(stripe_api.v1.payment_records.list().data) == 1
    assert Payment.objects.count() == 1 and pipelines.unsettled() == []
