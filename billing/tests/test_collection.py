"""How the collection of an invoice goes: what gateways report, what payments say, and what is overdue."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from billing.facts import CollectionFacts, PaymentEvidence
from billing.models import Environment, Invoice
from billing.services.invoices import collection, invoices
from billing.services.payments import payments
from billing.tests.factories import InvoiceFactory, PaymentFactory

pytestmark = pytest.mark.django_db
SOON = timezone.now() + timedelta(days=3)


def reported(invoice: Invoice, *, count: int = 1, **facts: Any) -> Invoice:
    """The invoice after a gateway's report."""
    known = CollectionFacts(attempt_count=count, **{"next_attempt_at": SOON} | facts)
    collection.record(environment_id=invoice.environment_id, invoice_id=invoice.pk, facts=known)
    invoice.refresh_from_db()
    return invoice


def settled(payment: Any, status: str, **evidence: Any) -> Invoice:
    """The payment's invoice after this evidence."""
    environment, now = payment.environment_id, timezone.now()
    found = PaymentEvidence(status=status, **evidence)
    payments.settle(environment_id=environment, payment_id=payment.pk, evidence=found, now=now)
    return Invoice.objects.get(pk=payment.invoice_id)


class TestAReport:
    def test_is_kept(self) -> None:
        invoice = reported(InvoiceFactory(finalized=True), count=2)
        assert (invoice.attempt_count, invoice.next_attempt_at) == (2, SOON)

    def test_without_anything_new_changes_nothing(self) -> None:
        invoice = reported(InvoiceFactory(finalized=True))
        before = invoice.updated_at
        assert reported(invoice).updated_at == before

    def test_plans_no_attempt_of_what_is_paid(self) -> None:
        paid = PaymentFactory(status="succeeded").invoice
        assert reported(paid).next_attempt_at is None

    def test_of_a_draft_says_why_it_could_not_be_finalized(self) -> None:
        draft = reported(InvoiceFactory(), count=0, failure_code="tax_failed", failure_message="No address.")
        assert (draft.failure_code, draft.failure_message) == ("tax_failed", "No address.")
        environment, now = draft.environment_id, timezone.now()
        final = invoices.finalize(environment_id=environment, invoice_id=draft.pk, now=now)
        assert (final.failure_code, final.failure_message) == ("", "")

    def test_of_its_sending_never_goes_back(self) -> None:
        invoice = InvoiceFactory(finalized=True)
        for at in (SOON, SOON - timedelta(days=1)):
            collection.sent(invoice.environment_id, invoice.pk, at)
        invoice.refresh_from_db()
        assert invoice.sent_at == SOON


class TestAPayment:
    def test_that_fails_says_why_on_its_invoice(self) -> None:
        payment = PaymentFactory()
        invoice = settled(payment, "failed", failure_code="card_declined", failure_message="Declined.")
        assert (invoice.failure_code, invoice.failure_message) == ("card_declined", "Declined.")

    def test_that_succeeds_ends_the_collection(self) -> None:
        payment = PaymentFactory()
        reported(payment.invoice)
        settled(payment, "failed", failure_code="card_declined", failure_message="Declined.")
        invoice = settled(payment, "succeeded")
        assert (invoice.next_attempt_at, invoice.failure_code, invoice.failure_message) == (None, "", "")
        assert invoice.attempt_count == 1


@pytest.mark.parametrize("end", [invoices.void, invoices.mark_uncollectible])
def test_an_end_means_no_further_attempt(end: Any) -> None:
    invoice = reported(InvoiceFactory(finalized=True))
    end(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now())
    invoice.refresh_from_db()
    assert invoice.next_attempt_at is None
    collection.failed(invoice.environment_id, invoice.pk, "late", "Too late.")
    assert reported(invoice).next_attempt_at is None and invoice.failure_code == ""


class TestAnOverdueInvoice:
    def test_is_found(self, api: APIClient, environment: Environment) -> None:
        yesterday, tomorrow = (timezone.now() + timedelta(days=days) for days in (-1, 1))
        late = InvoiceFactory(environment=environment, finalized=True, due_date=yesterday)
        others = [InvoiceFactory(environment=environment, finalized=True, due_date=tomorrow)]
        others += [InvoiceFactory(environment=environment, finalized=True)]
        others += [InvoiceFactory(environment=environment, due_date=yesterday)]
        paid = InvoiceFactory(environment=environment, finalized=True, due_date=yesterday)
        PaymentFactory(environment=environment, invoice=paid, amount=paid.total, status="succeeded")
        found = {one["id"]: one["overdue"] for one in api.get("/v1/invoices").json()["items"]}
        assert found == {late.pk: True} | dict.fromkeys([one.pk for one in [*others, paid]], False)
        for value, wanted in (("true", [late]), ("false", [*others, paid])):
            shown = api.get(f"/v1/invoices?overdue={value}").json()["items"]
            assert {one["id"] for one in shown} == {one.pk for one in wanted}

    def test_is_not_asked_for_in_other_words(self, api: APIClient) -> None:
        response = api.get("/v1/invoices?overdue=yes")
        assert (response.status_code, response.json()["details"]["overdue"]) == (
            400,
            "Send one of: true, false.",
        )
