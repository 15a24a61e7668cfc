"""Invoices in the admin."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from billing.models import Invoice
from billing.tests.admin.pages import messages_of, page, press, select
from billing.tests.factories import InvoiceFactory, PaymentFactory


class TestAnInvoice:
    def test_is_finalized(self, operator: Client) -> None:
        invoice = InvoiceFactory()
        response = press(operator, invoice, "finalize")
        invoice.refresh_from_db()
        assert invoice.status == "finalized"
        assert invoice.number in messages_of(response)

    def test_is_finalized_in_a_selection(self, operator: Client) -> None:
        select(operator, [InvoiceFactory(), InvoiceFactory()], "finalize_selected")
        assert set(Invoice.objects.values_list("status", flat=True)) == {"finalized"}

    def test_is_voided(self, operator: Client) -> None:
        invoice = InvoiceFactory(finalized=True)
        press(operator, invoice, "void")
        invoice.refresh_from_db()
        assert invoice.status == "voided"

    def test_says_why_it_cannot_be_voided(self, operator: Client) -> None:
        invoice = PaymentFactory(status="succeeded").invoice
        response = press(operator, invoice, "void")
        invoice.refresh_from_db()
        assert invoice.number in messages_of(response)
        assert invoice.status == "finalized"

    def test_cannot_be_edited(self, operator: Client) -> None:
        invoice = InvoiceFactory()
        assert operator.post(page(Invoice, "change", invoice.pk), {"number": "1"}).status_code == 403
        assert operator.get(page(Invoice, "add")).status_code == 403

    def test_is_found_by_its_customers_name(self, operator: Client) -> None:
        invoice = InvoiceFactory(customer__name="Ada Lovelace")
        shown = operator.get(page(Invoice, "changelist"), {"q": "lovelace"}).content.decode()
        assert page(Invoice, "change", invoice.pk) in shown


class TestAnOverdueInvoice:
    def test_is_marked_and_can_be_filtered(self, operator: Client) -> None:
        late, early = (
            InvoiceFactory(finalized=True, due_date=timezone.now() + timedelta(days=days)) for days in (-1, 1)
        )
        for asked, found in (("yes", [late]), ("no", [early]), ("", [late, early])):
            shown = operator.get(page(Invoice, "changelist"), {"overdue": asked}).content.decode()
            assert [one for one in (late, early) if page(Invoice, "change", one.pk) in shown] == found
        assert "overdue" in operator.get(page(Invoice, "change", late.pk)).content.decode()


def test_how_its_collection_goes_is_shown(operator: Client) -> None:
    payment = PaymentFactory(status="failed", failure_code="insufficient_funds", failure_message="No money.")
    shown = operator.get(page(Invoice, "change", payment.invoice.pk)).content.decode()
    assert "insufficient_funds" in shown and "No money." in shown
