"""Credit notes and balances on the admin's pages."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.events import Kind
from billing.models import CreditNote, Customer, Invoice
from billing.tests.admin.conftest import onlooker, operator
from billing.tests.admin.pages import messages_of, page, press
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_id_of

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["onlooker", "operator"]


def html(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def address(invoice):
    return reverse("admin:integrations_outboundsync_credit", args=[invoice.pk])


def test_a_credit_note_is_shown_first_and_then_issued_once(operator, invoice, address, assert_both_agree):
    assert address in html(operator.get(page(Invoice, "change", invoice.pk)))
    form = html(operator.get(address))
    assert "At most 54.00 USD" in form and "What it does" not in form
    sent = {"amount": "14", "key": re.search(r'name="key" value="([^"]+)"', form).group(1)}
    preview = html(operator.post(address, sent))
    assert "14.00 USD are taken off; 40.00 USD are then still to be paid." in preview
    assert "credit_notes.create" in preview and not CreditNote.objects.exists()
    for _ in range(2):
        response = operator.post(address, sent | {"issue": ""})
    assert "Issued the credit note" in messages_of(response)
    assert_both_agree()
    note = CreditNote.objects.get()
    assert (note.amount, note.started_by, fresh(invoice).credited) == (Decimal(14), "operator", Decimal(14))
    shown = html(operator.get(page(Invoice, "change", invoice.pk)))
    assert note.number in shown and page(CreditNote, "change", note.pk) in shown
    assert note.pdf_url in html(operator.get(page(CreditNote, "change", note.pk)))


def test_it_says_why_it_is_refused(operator, invoice, address):
    assert "at most 54.00 USD" in html(operator.post(address, {"amount": "99", "key": "one"}))


def test_only_operators_issue_them(onlooker, invoice, address):
    assert onlooker.get(address).status_code == 403
    assert address not in html(onlooker.get(page(Invoice, "change", invoice.pk)))


def test_voiding_reaches_stripe(operator, invoice, address, stripe_api, pipelines, assert_both_agree):
    operator.post(address, {"amount": "14", "issue": "", "key": "one"})
    note = CreditNote.objects.get()
    press(operator, note, "void")
    pipelines.settle()
    assert stripe_api.v1.credit_notes.retrieve(note.gateway_credit_note_id).status == "void"
    assert_both_agree()


def test_a_customer_shows_balance_and_movements(operator, customer, invoice, stripe_api, pipelines):
    stripe_api.v1.customers.balance_transactions.create(
        stripe_id_of(Kind.CUSTOMER, customer.pk), {"amount": -400, "currency": "usd"}
    )
    pipelines.settle()
    shown = html(operator.get(page(Customer, "change", customer.pk)))
    assert "4.00 USD credit" in shown and "Adjustment" in shown
