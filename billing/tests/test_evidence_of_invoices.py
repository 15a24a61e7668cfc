"""What a provider reports of invoices has happened there; their state alone stands in its way."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.errors import Code, Conflict
from billing.facts import LineFacts, PaymentEvidence
from billing.models import Environment
from billing.services.invoices import invoices
from billing.services.payments import payments
from billing.tests.clock import NOW
from billing.tests.factories import (
    InvoiceFactory,
    PaymentFactory,
)

THERE = "conn_1"


class TestAnInvoice:
    def test_gives_back_its_facts(self, environment: Environment) -> None:
        line = LineFacts("Seats", Decimal(3), Decimal("0.0005"), tax_percentage=Decimal("7.5"))
        invoice = InvoiceFactory(environment=environment, lines=(line,), metadata={"a": "b"})
        facts = invoices.facts(invoice)
        assert facts.metadata == {"a": "b"}
        assert replace(facts.lines[0], id="", amount=Decimal(0)) == line
        assert facts.lines[0].id == invoice.lines.get().pk

    def test_that_is_uncollectible_may_still_be_paid(self, environment: Environment) -> None:
        payment = PaymentFactory(environment=environment)
        invoice_id = payment.invoice_id
        for _ in range(2):
            uncollectible = invoices.mark_uncollectible(
                environment_id=environment.pk, invoice_id=invoice_id, now=NOW, origin=THERE
            )
            assert uncollectible.status == "uncollectible"
        payments.settle(
            environment_id=environment.pk,
            payment_id=payment.pk,
            evidence=PaymentEvidence(status="succeeded"),
            now=NOW,
        )
        uncollectible.refresh_from_db()
        assert (uncollectible.status, uncollectible.payment_status) == ("uncollectible", "succeeded")

    def test_that_is_a_draft_cannot_be_uncollectible(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment)
        with pytest.raises(Conflict) as caught:
            invoices.mark_uncollectible(environment_id=environment.pk, invoice_id=invoice.pk, now=NOW)
        assert caught.value.code == Code.INVOICE_NOT_OPEN
