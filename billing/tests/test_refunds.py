"""Refunds in billing: what may go back, what counts, and what becomes of the payment."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.errors import Conflict, Invalid
from billing.facts import RefundFacts
from billing.models import Payment, Refund
from billing.services.payments import refunds
from billing.tests.clock import NOW
from billing.tests.factories import PaymentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(environment) -> Payment:
    """100.00 that came through a gateway."""
    return PaymentFactory(
        environment=environment, status="succeeded", gateway="acme", gateway_payment_id="pay_1"
    )


def ask(payment: Payment, amount: object = None, **said: object) -> Refund:
    wanted = None if amount is None else Decimal(str(amount))
    place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
    return refunds.create(**place, amount=wanted, now=NOW, **said)  # type: ignore[arg-type]


def report(
    payment: Payment, gateway_id: str, amount: object, status: str = "succeeded", refund_id: str = ""
) -> Refund:
    facts = RefundFacts(gateway_id, Decimal(str(amount)), status, refund_id=refund_id)
    return refunds.record(environment_id=payment.environment_id, payment_id=payment.pk, facts=facts, now=NOW)


def stands(payment: Payment) -> tuple[str, Decimal]:
    payment.refresh_from_db()
    return payment.status, payment.amount_refunded


class TestARefund:
    def test_waits_for_its_gateway_and_holds_its_amount(self, payment: Payment) -> None:
        assert ask(payment, 60).status == "pending"
        assert stands(payment) == ("succeeded", 0)
        with pytest.raises(Conflict, match=r"at most 40\.00 USD"):
            ask(payment, 41)
        assert ask(payment).amount == 40

    def test_counts_once_however_often_it_is_reported(self, payment: Payment) -> None:
        refund = ask(payment, 60)
        refunds.settle(refund=refund, status="succeeded", gateway_refund_id="re_1", now=NOW)
        for _ in range(2):
            report(payment, "re_1", 60, refund_id=refund.pk)
        assert Refund.objects.count() == 1 and stands(payment) == ("partially_refunded", 60)

    def test_that_was_reported_before_its_response_came_is_the_same(self, payment: Payment) -> None:
        refund = ask(payment, 60)
        report(payment, "re_1", 60, refund_id=refund.pk)
        refunds.settle(refund=refund, status="succeeded", gateway_refund_id="re_1", now=NOW)
        assert Refund.objects.count() == 1 and stands(payment) == ("partially_refunded", 60)

    def test_that_fails_gives_its_amount_free_again(self, payment: Payment) -> None:
        refund = ask(payment, 60)
        refunds.settle(refund=refund, status="failed", failure_reason="no money", now=NOW)
        assert (refund.status, refund.failure_reason) == ("failed", "no money")
        assert ask(payment).amount == 100

    def test_that_fails_late_is_taken_off_the_payment(self, payment: Payment) -> None:
        report(payment, "re_1", 60)
        report(payment, "re_2", 40)
        assert stands(payment) == ("refunded", 100)
        report(payment, "re_2", 40, "failed")
        assert stands(payment) == ("partially_refunded", 60)
        report(payment, "re_2", 40)
        assert stands(payment) == ("partially_refunded", 60)

    def test_makes_the_invoice_follow(self, payment: Payment) -> None:
        report(payment, "re_1", 100)
        assert payment.invoice is not None
        payment.invoice.refresh_from_db()
        assert payment.invoice.payment_status == "refunded"

    def test_under_the_same_key_is_the_same(self, payment: Payment) -> None:
        assert ask(payment, 10, idempotency_key="k").pk == ask(payment, 10, idempotency_key="k").pk

    def test_of_money_that_never_came_is_refused(self, environment) -> None:
        with pytest.raises(Conflict) as refusal:
            ask(PaymentFactory(environment=environment), 1)
        assert refusal.value.code == "payment_not_received"

    @pytest.mark.parametrize("amount", [0, "0.001", 101])
    def test_of_an_impossible_amount_is_refused(self, payment: Payment, amount: object) -> None:
        with pytest.raises((Conflict, Invalid), match=r"amount|at most"):
            ask(payment, amount)
        assert not Refund.objects.exists()

    def test_out_of_band_is_for_money_that_no_gateway_holds(self, payment: Payment, environment) -> None:
        with pytest.raises(Conflict) as refusal:
            ask(payment, 1, out_of_band=True)
        assert refusal.value.code == "payment_of_gateway"
        transfer = PaymentFactory(environment=environment, status="succeeded", method="bank_transfer")
        with pytest.raises(Conflict) as refusal:
            ask(transfer, 1)
        assert refusal.value.code == "payment_not_at_gateway"
        assert ask(transfer, 1, out_of_band=True).status == "succeeded"
        assert stands(transfer) == ("partially_refunded", 1)

    def test_has_an_amount_in_the_database_too(self, payment: Payment) -> None:
        refund = ask(payment, 1)
        with pytest.raises(IntegrityError, match="refund_amount"), transaction.atomic():
            Refund.objects.filter(pk=refund.pk).update(amount=0)
