"""What a provider reports of payments has happened there."""

from decimal import Decimal

import pytest

from billing.errors import Code, Conflict, NotFound
from billing.facts import PaymentEvidence, PaymentFacts
from billing.models import Environment
from billing.services.invoices import invoices
from billing.services.payments import payments
from billing.tests.clock import NOW
from billing.tests.factories import (
    InvoiceFactory,
    PaymentFactory,
)

THERE = "conn_1"


class TestAPayment:
    def test_of_a_voided_invoice_is_recorded(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        invoices.void(environment_id=environment.pk, invoice_id=invoice.pk, now=NOW)
        facts = PaymentFacts(
            invoice.customer_id, Decimal(100), "USD", invoice.pk, "succeeded", is_external=True
        )
        payments.create(environment_id=environment.pk, facts=facts, now=NOW, origin=THERE)
        invoice.refresh_from_db()
        assert (invoice.status, invoice.payment_status, invoice.amount_remaining) == ("voided", "overpaid", 0)

    @pytest.mark.parametrize("twice", [{"gateway_payment_id": "pi_1"}, {"idempotency_key": "k"}])
    def test_is_recorded_once(self, environment: Environment, twice: dict[str, str]) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        key = twice.get("idempotency_key", "")
        there = twice.get("gateway_payment_id", "")
        facts = PaymentFacts(invoice.customer_id, Decimal(1), "USD", gateway="bank", gateway_payment_id=there)
        known = {"environment_id": environment.pk, "facts": facts, "idempotency_key": key, "now": NOW}
        made = payments.create(**known)
        assert payments.facts(made) == facts
        with pytest.raises(Conflict) as caught:
            payments.create(**known)
        assert caught.value.code == Code.ALREADY_TAKEN

    def test_of_another_environment_is_not_found(
        self, environment: Environment, elsewhere: Environment
    ) -> None:
        payment = PaymentFactory(environment=elsewhere)
        with pytest.raises(NotFound):
            payments.settle(
                environment_id=environment.pk,
                payment_id=payment.pk,
                evidence=PaymentEvidence(status="succeeded"),
                now=NOW,
            )
