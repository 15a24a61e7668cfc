"""Every pair of payment states: what evidence may move where, and what the invoice makes of it."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from billing.errors import Invalid
from billing.events import Change, Kind
from billing.facts import PaymentEvidence
from billing.models import Environment, Payment
from billing.models.payments import RECEIVED, TRANSITIONS
from billing.services.payments import payments
from billing.tests.clock import NOW
from billing.tests.factories import PaymentFactory

# How a payment that was created pending gets into each state.
WAY: dict[str, list[str]] = {
    "pending": [],
    "processing": ["processing"],
    "requires_action": ["requires_action"],
    "failed": ["failed"],
    "cancelled": ["cancelled"],
    "succeeded": ["succeeded"],
    "partially_refunded": ["succeeded", "partially_refunded"],
    "refunded": ["succeeded", "refunded"],
}
INVOICE_IS = {"pending": "pending", "cancelled": "pending"}


def settle(payment: Payment, status: str, **more: Any) -> Payment:
    """Evidence that the payment is ``status``; a partial refund is one of 40.00."""
    if status == "partially_refunded":
        more.setdefault("amount_refunded", Decimal(40))
    return payments.settle(
        environment_id=payment.environment_id,
        payment_id=payment.pk,
        evidence=PaymentEvidence(status=status, **more),
        now=NOW,
    )


@pytest.fixture
def payment(environment: Environment) -> Payment:
    return PaymentFactory(environment=environment, gateway="bank")


class TestEvidence:
    def test_is_tested_for_every_state(self) -> None:
        assert (
            set(WAY)
            == set(TRANSITIONS)
            == {state for states in TRANSITIONS.values() for state in states} | {"pending"}
        )

    @pytest.mark.parametrize(("before", "after"), list(product(TRANSITIONS, TRANSITIONS)))
    def test_moves_a_payment_as_the_table_says_and_the_invoice_follows(
        self, payment: Payment, heard: list[Change], before: str, after: str
    ) -> None:
        for status in WAY[before]:
            settle(payment, status)
        heard.clear()
        settled = settle(payment, after)
        moved = after in TRANSITIONS[before]
        assert settled.status == (after if moved else before)
        assert [change.kind for change in heard].count(Kind.PAYMENT) == int(moved)
        payment.refresh_from_db()
        invoice = payment.invoice
        assert invoice is not None
        received = payment.status in RECEIVED
        assert (invoice.amount_paid, invoice.amount_remaining) == ((100, 0) if received else (0, 100))
        assert invoice.payment_status == INVOICE_IS.get(payment.status, payment.status)
        assert (payment.succeeded_at is not None) == received

    def test_of_success_clears_an_earlier_failure(self, payment: Payment) -> None:
        assert settle(payment, "failed", failure_code="card_declined").failure_code == "card_declined"
        settled = settle(payment, "succeeded", gateway_payment_id="pi_1", method="card")
        assert (settled.failure_code, settled.gateway_payment_id, settled.method) == ("", "pi_1", "card")

    def test_may_correct_the_amount_until_the_money_is_here(self, payment: Payment) -> None:
        assert settle(payment, "succeeded", amount=Decimal(60)).amount == 60
        assert settle(payment, "succeeded", amount=Decimal(70)).amount == 60
        assert payment.invoice is not None
        payment.invoice.refresh_from_db()
        assert (payment.invoice.amount_remaining, payment.invoice.payment_status) == (40, "pending")

    def test_of_a_refund_only_grows(self, payment: Payment) -> None:
        settle(payment, "succeeded")
        settle(payment, "partially_refunded", amount_refunded=Decimal(40))
        assert settle(payment, "partially_refunded", amount_refunded=Decimal(30)).amount_refunded == 40
        assert settle(payment, "partially_refunded", amount_refunded=Decimal(50)).amount_refunded == 50
        assert settle(payment, "refunded").amount_refunded == 100

    @pytest.mark.parametrize(
        ("status", "refunded"),
        [("refunded", 99), ("partially_refunded", 100), ("partially_refunded", 0), ("succeeded", 1)],
    )
    def test_of_a_refund_must_fit_its_status(self, payment: Payment, status: str, refunded: int) -> None:
        settle(payment, "succeeded")
        with pytest.raises(Invalid):
            settle(payment, status, amount_refunded=Decimal(refunded))

    def test_of_an_unknown_state_is_refused(self, payment: Payment) -> None:
        with pytest.raises(Invalid):
            settle(payment, "gone")
