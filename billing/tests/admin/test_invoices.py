"""Invoices in the admin."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.admin import invoice_words
from billing.admin.confirmations import STALE, Changed, same
from billing.events import Change
from billing.facts import LineFacts
from billing.models import AuditEntry, Invoice
from billing.services.invoices import endings, invoices, line_edits
from billing.tests.admin.pages import fields, messages_of, page, press, select
from billing.tests.factories import CustomerFactory, InvoiceFactory, PaymentFactory


class TestAnInvoice:
    def test_is_finalized(self, operator: Client) -> None:
        invoice = InvoiceFactory()
        response = press(operator, invoice, "finalize")
        invoice.refresh_from_db()
        assert invoice.status == "finalized"
        assert invoice.number in messages_of(response)

    def test_is_finalized_in_a_selection(self, operator: Client) -> None:
        drafts = [InvoiceFactory(), InvoiceFactory()]
        asked = select(operator, drafts, "finalize_selected").content.decode()
        assert "2 drafts become final, and customers are asked for 200.00 USD" in asked
        assert set(Invoice.objects.values_list("status", flat=True)) == {"draft"}
        [sealed] = re.findall(r'name="asked" value="([^"]+)"', asked)
        third = InvoiceFactory()
        again = select(operator, [*drafts, third], "finalize_selected", confirmed="yes", asked=sealed)
        assert "customers are asked for 300.00 USD" in again.content.decode()
        third.delete()
        select(operator, drafts, "finalize_selected", confirmed="yes", asked=sealed)
        assert set(Invoice.objects.values_list("status", flat=True)) == {"finalized"}

    def test_is_voided_after_its_amount_was_named(self, operator: Client) -> None:
        invoice = InvoiceFactory(finalized=True)
        asked = operator.get(page(Invoice, "void", invoice.pk), headers={"HX-Request": "true"})
        assert "owes 100.00 USD less" in asked.content.decode()
        press(operator, invoice, "void")
        invoice.refresh_from_db()
        assert invoice.status == "voided"

    def test_that_was_credited_since_it_was_asked_about_is_asked_about_again(self, operator: Client) -> None:
        invoice = InvoiceFactory(finalized=True)
        address = page(Invoice, "void", invoice.pk)
        shown = operator.get(address, headers={"HX-Request": "true"}).content.decode()
        [sealed] = re.findall(r'name="asked" value="([^"]+)"', shown)
        amounts = {"credited": 40, "amount_due": 60, "amount_remaining": 60}
        Invoice.objects.filter(pk=invoice.pk).update(**amounts)
        again = operator.post(address, {"_form_submitted": "True", "asked": sealed}).content.decode()
        invoice.refresh_from_db()
        assert "owes 100.00 USD less" in again and "owes 60.00 USD less" in again
        assert STALE in again and invoice.status == "finalized"

    def test_is_not_ended_where_it_says_something_else_under_its_lock(self, db: None) -> None:
        invoice = InvoiceFactory(finalized=True)
        confirm = same(invoice, invoice_words.voiding)
        Invoice.objects.filter(pk=invoice.pk).update(credited=10, amount_due=90, amount_remaining=90)
        place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
        with pytest.raises(Changed):
            endings.void(**place, now=timezone.now(), confirm=confirm)

    def test_says_why_it_cannot_be_voided(self, operator: Client) -> None:
        invoice = PaymentFactory(status="succeeded").invoice
        response = press(operator, invoice, "void")
        invoice.refresh_from_db()
        assert invoice.number in messages_of(response)
        assert invoice.status == "finalized"

    def test_cannot_be_edited(self, operator: Client) -> None:
        for invoice in (InvoiceFactory(finalized=True), InvoiceFactory(is_external=True)):
            assert operator.post(page(Invoice, "change", invoice.pk), {"number": "1"}).status_code == 403

    def test_is_found_by_its_customers_name(self, operator: Client) -> None:
        invoice = InvoiceFactory(customer__name="Ada Lovelace")
        shown = operator.get(page(Invoice, "changelist"), {"q": "lovelace"}).content.decode()
        assert page(Invoice, "change", invoice.pk) in shown


class TestANewInvoice:
    def _sent(self, **differs: str) -> dict[str, str]:
        customer = CustomerFactory()
        values = {"customer": customer.pk, "currency": "USD", "collection_method": "send_invoice"}
        lines = {"lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0"}
        for number, amount in enumerate(("19.90", "100")):
            lines |= {f"lines-{number}-description": "Seats", f"lines-{number}-quantity": "2"}
            lines |= {f"lines-{number}-unit_amount": amount, f"lines-{number}-discount": "0"}
        return {**values, **lines, **differs}

    def test_is_a_draft_with_its_lines_which_can_be_finalized(self, operator: Client) -> None:
        response = operator.post(page(Invoice, "add"), self._sent())
        draft = Invoice.objects.get()
        assert response.headers["Location"] == page(Invoice, "change", draft.pk)
        assert (draft.total, draft.currency, draft.lines.count()) == (Decimal("239.80"), "USD", 2)
        assert "The draft of 239.80 USD is made" in messages_of(response)
        made = AuditEntry.objects.get(row_id=draft.pk)
        assert (made.action, made.actor_type, made.actor) == ("created", "operator", "operator")

    def test_names_the_line_that_is_refused(self, operator: Client) -> None:
        response = operator.post(page(Invoice, "add"), self._sent(**{"lines-1-discount": "500"}))
        assert "Line 2, discount: Send at least 0" in response.content.decode()
        assert not Invoice.objects.exists()


class TestADraft:
    def _made(self) -> Invoice:
        draft = InvoiceFactory()
        lines = (
            LineFacts("Seats", Decimal(2), Decimal("19.90"), metadata={"row": "7"}),
            LineFacts("Setup", amount=Decimal("50.00")),
            LineFacts("Storage", unit_amount=Decimal(8)),
        )
        changes = {"lines": lines}
        return invoices.update(environment_id=draft.environment_id, invoice_id=draft.pk, changes=changes)

    def _sent(self, operator: Client, draft: Invoice, **differs: str) -> dict[str, Any]:
        """What the page sends, with ``line_<number>_<field>`` differing."""
        shown = operator.get(page(Invoice, "change", draft.pk))
        [lines] = [
            one.formset for one in shown.context["inline_admin_formsets"] if one.formset.prefix == "lines"
        ]
        for form in lines.initial_forms:
            values = {form.add_prefix(name): form[name].value() for name in form.fields}
            differs = {name: value for name, value in values.items() if value is not None} | differs
        return fields(shown) | {"seen_version": shown.context["original"].version} | differs

    def test_is_changed_with_its_lines_at_once(self, operator: Client) -> None:
        draft = self._made()
        seats, setup, _ = draft.lines.all()
        sent = self._sent(operator, draft, **{
            "footer": "Thank you.", "lines-TOTAL_FORMS": "4", "lines-0-quantity": "3", "lines-2-DELETE": "on",
            "lines-3-description": "Training", "lines-3-quantity": "1", "lines-3-unit_amount": "100", "lines-3-discount": "0",
        })  # fmt: skip
        response = operator.post(page(Invoice, "change", draft.pk), sent)
        assert "its total is 209.70 USD" in messages_of(response)
        draft.refresh_from_db()
        assert (draft.total, draft.footer) == (Decimal("209.70"), "Thank you.")
        stored = [(one.pk, one.description, one.amount) for one in draft.lines.all()]
        assert stored[:2] == [(seats.pk, "Seats", Decimal("59.70")), (setup.pk, "Setup", 50)]
        assert [one[1:] for one in stored[2:]] == [("Training", 100)]
        assert draft.lines.get(pk=seats.pk).metadata == {"row": "7"}

    def test_is_left_alone_where_nothing_was_typed(self, operator: Client, heard: list[Change]) -> None:
        draft = self._made()
        heard.clear()
        assert (
            operator.post(page(Invoice, "change", draft.pk), self._sent(operator, draft)).status_code == 302
        )
        assert heard == []

    def test_names_the_line_that_is_refused(self, operator: Client) -> None:
        draft = self._made()
        sent = self._sent(operator, draft, **{"lines-2-discount": "500"})
        response = operator.post(page(Invoice, "change", draft.pk), sent)
        assert "Line 3, discount: Send at least 0" in response.content.decode()

    def test_is_not_overwritten_by_who_has_not_seen_a_change(self, operator: Client) -> None:
        draft = self._made()
        sent = self._sent(operator, draft, **{"lines-0-quantity": "3", "lines-2-DELETE": "on"})
        line_edits.remove(
            environment_id=draft.environment_id, invoice_id=draft.pk, line_id=draft.lines.last().pk
        )
        for _ in range(2):
            response = operator.post(page(Invoice, "change", draft.pk), sent)
            assert "This has changed since you opened the page" in response.content.decode()
        draft.refresh_from_db()
        assert draft.total == Decimal("89.80")

    def test_is_only_shown_to_onlookers(self, onlooker: Client) -> None:
        where = page(Invoice, "change", self._made().pk)
        assert "Seats" in onlooker.get(where).content.decode()
        assert onlooker.post(where, {"footer": "Eve"}).status_code == 403


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
