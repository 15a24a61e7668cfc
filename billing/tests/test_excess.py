"""What came beyond what is due: which payment is the duplicate, and its refund."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.errors import Conflict
from billing.facts import DisputeFacts, PaymentFacts
from billing.models import Environment, Invoice, Payment, Refund
from billing.services.payments import disputes, excess, payments, refunds
from billing.tests.clock import NOW
from billing.tests.factories import InvoiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(environment: Environment) -> Invoice:
    """100.00 USD due."""
    return InvoiceFactory(environment=environment, finalized=True)


def receive(invoice: Invoice, amount: int, *, hours: int = 0, at_gateway: bool = True) -> Payment:
    """Money that came so many hours ago."""
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        amount=Decimal(amount),
        currency="USD",
        status="succeeded",
        gateway="acme" if at_gateway else "",
        gateway_payment_id=f"gp_{Payment.objects.count()}" if at_gateway else "",
    )
    received = NOW - timedelta(hours=hours)
    return payments.create(environment_id=invoice.environment_id, facts=facts, received_at=received, now=NOW)


def refund(invoice: Invoice, **options: Any) -> list[Refund]:
    return excess.refund(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=NOW, **options)


def parts(invoice: Invoice) -> dict[str, Decimal]:
    """How much of which payment is in excess, the first payment first."""
    invoice.refresh_from_db()
    found = excess.of(invoice)
    return {counted.payment.pk: counted.excess for counted in found.payments} if found else {}


class TestTheDuplicate:
    def test_is_what_came_last(self, invoice: Invoice) -> None:
        late, early = receive(invoice, 100, hours=1), receive(invoice, 100, hours=2)
        assert list(parts(invoice).items()) == [(early.pk, 0), (late.pk, 100)]
        assert invoice.payment_status == "overpaid"

    def test_may_be_a_part_of_a_payment(self, invoice: Invoice) -> None:
        first, second = receive(invoice, 60, hours=2), receive(invoice, 100)
        assert parts(invoice) == {first.pk: 0, second.pk: 60}

    def test_may_be_several_payments(self, invoice: Invoice) -> None:
        first, *others = (receive(invoice, 100, hours=hours) for hours in (3, 2, 1))
        assert parts(invoice) == {first.pk: 0, others[0].pk: 100, others[1].pk: 100}
        assert [one.amount for one in refund(invoice)] == [100, 100]

    def test_is_what_a_gateway_can_give_back_by_itself(self, invoice: Invoice) -> None:
        card, transfer = receive(invoice, 100, hours=2), receive(invoice, 100, at_gateway=False)
        assert parts(invoice) == {card.pk: 100, transfer.pk: 0}

    def test_is_not_what_a_dispute_has_taken(self, invoice: Invoice) -> None:
        first, second = receive(invoice, 100, hours=2), receive(invoice, 100)
        dispute(second, 100)
        assert parts(invoice) == {} and invoice.payment_status == "succeeded"
        dispute(second, 100, status="won")
        # Gateways may refuse to refund what was disputed, also once that is won.
        assert parts(invoice) == {first.pk: 100, second.pk: 0} and invoice.payment_status == "overpaid"

    def test_is_rather_by_hand_than_what_was_disputed(self, invoice: Invoice) -> None:
        card, transfer = receive(invoice, 100, hours=2), receive(invoice, 100, at_gateway=False)
        dispute(card, 100)
        dispute(card, 100, status="won")
        assert parts(invoice) == {card.pk: 0, transfer.pk: 100}


def dispute(payment: Payment, amount: int, status: str = "needs_response") -> None:
    facts = DisputeFacts(f"du_{payment.pk}", Decimal(amount), status)
    disputes.record(environment_id=payment.environment_id, payment_id=payment.pk, facts=facts, now=NOW)


class TestItsRefund:
    def test_is_of_exactly_the_excess(self, invoice: Invoice) -> None:
        receive(invoice, 60, hours=2)
        second = receive(invoice, 100)
        (asked,) = refund(invoice)
        assert (asked.payment, asked.amount, asked.reason, asked.status) == (
            second, 60, "duplicate", "pending",
        )  # fmt: skip
        invoice.refresh_from_db()
        shown = excess.of(invoice)
        assert shown and (shown.amount, shown.refund_pending) == (60, 60)
        refunds.settle(refund=asked, status="succeeded", gateway_refund_id="re_1", now=NOW)
        assert parts(invoice) == {} and invoice.payment_status == "succeeded"
        assert (invoice.amount_paid, invoice.amount_refunded, invoice.amount_remaining) == (160, 60, 0)

    def test_is_asked_for_once(self, invoice: Invoice) -> None:
        receive(invoice, 100, hours=2)
        receive(invoice, 100)
        first = refund(invoice, idempotency_key="mine")
        assert refund(invoice, idempotency_key="mine") == first
        with pytest.raises(Conflict, match="is being refunded already") as refusal:
            refund(invoice)
        assert refusal.value.code == "nothing_in_excess" and Refund.objects.count() == 1

    def test_can_be_asked_for_again_after_it_failed(self, invoice: Invoice) -> None:
        receive(invoice, 100, hours=2)
        receive(invoice, 100)
        (failed,) = refund(invoice)
        refunds.settle(refund=failed, status="failed", failure_reason="no", now=NOW)
        assert len(refund(invoice)) == 1

    def test_leaves_a_refund_made_before_alone(self, invoice: Invoice) -> None:
        receive(invoice, 100, hours=2)
        second = receive(invoice, 100)
        refunds.create(
            environment_id=invoice.environment_id, payment_id=second.pk, amount=Decimal(30), now=NOW
        )
        assert [one.amount for one in refund(invoice)] == [70]

    def test_is_refused_when_nothing_came_twice(self, invoice: Invoice) -> None:
        receive(invoice, 100)
        with pytest.raises(Conflict, match="no duplicate"):
            refund(invoice)

    def test_of_bank_transfers_is_made_by_hand(self, invoice: Invoice) -> None:
        receive(invoice, 100, hours=2, at_gateway=False)
        second = receive(invoice, 100, at_gateway=False)
        with pytest.raises(Conflict, match=rf"100\.00 USD of {second.pk}") as refusal:
            refund(invoice)
        assert refusal.value.code == "payment_not_at_gateway"
        (recorded,) = refund(invoice, out_of_band=True)
        assert recorded.status == "succeeded" and parts(invoice) == {}


class TestThePaymentStatus:
    def test_is_never_refunded_while_money_is_due(self, invoice: Invoice) -> None:
        part = receive(invoice, 40, at_gateway=False)
        for amount in (10, 30):
            give_back(part, amount)
            invoice.refresh_from_db()
            assert (invoice.payment_status, invoice.amount_remaining) == ("pending", 60)

    def test_says_that_a_refund_went_below_what_was_due(self, invoice: Invoice) -> None:
        paid = receive(invoice, 100, at_gateway=False)
        for amount, status in ((30, "partially_refunded"), (70, "refunded")):
            give_back(paid, amount)
            invoice.refresh_from_db()
            assert invoice.payment_status == status

    def test_is_overpaid_while_any_excess_is_here(self, invoice: Invoice) -> None:
        receive(invoice, 100, hours=2, at_gateway=False)
        second = receive(invoice, 100, at_gateway=False)
        for amount, status in ((99, "overpaid"), (1, "succeeded")):
            give_back(second, amount)
            invoice.refresh_from_db()
            assert invoice.payment_status == status


def give_back(payment: Payment, amount: int) -> None:
    place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
    refunds.create(**place, amount=Decimal(amount), out_of_band=True, now=NOW)


class TestADisputedPayment:
    def test_is_not_refunded_by_accident(self, invoice: Invoice) -> None:
        paid = receive(invoice, 100)
        dispute(paid, 70)
        place = {"environment_id": paid.environment_id, "payment_id": paid.pk, "now": NOW}
        with pytest.raises(Conflict, match=r"taken 70\.00 USD") as refusal:
            refunds.create(**place, amount=None)
        assert refusal.value.code == "payment_disputed"
        assert refunds.create(**place, amount=Decimal(30)).amount == 30
        assert refunds.create(**place, amount=None, even_if_disputed=True).amount == 70


class TestADisputeInAnotherCurrency:
    def test_keeps_it_and_takes_what_the_gateway_took(self, invoice: Invoice) -> None:
        paid = receive(invoice, 100)
        facts = DisputeFacts(
            "du_1", Decimal(3000), "needs_response", currency="JPY", withdrawn={"USD": Decimal("19.87")}
        )
        disputes.record(environment_id=paid.environment_id, payment_id=paid.pk, facts=facts, now=NOW)
        found = paid.disputes.get()
        assert (found.amount, found.currency, found.is_estimate) == (3000, "JPY", False)
        paid.refresh_from_db()
        assert paid.amount_disputed == Decimal("19.87")

    def test_takes_all_of_the_payment_where_nothing_is_known(self, invoice: Invoice) -> None:
        paid = receive(invoice, 100)
        facts = DisputeFacts("du_1", Decimal(3000), "needs_response", currency="JPY")
        disputes.record(environment_id=paid.environment_id, payment_id=paid.pk, facts=facts, now=NOW)
        paid.refresh_from_db()
        invoice.refresh_from_db()
        assert paid.disputes.get().is_estimate
        assert paid.amount_disputed == invoice.amount_disputed == 100
