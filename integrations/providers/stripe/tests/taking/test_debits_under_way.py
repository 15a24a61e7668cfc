"""A bank debit that begins unheard stops what was asked of its invoice, which goes on once it has ended."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.services.invoices import credit_notes, invoices
from billing.services.invoices.credit_notes import CreditNoteRequest
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_invoice
from integrations.providers.stripe.tests.taking.both_sides import assert_nothing_waits
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)
CLEARS, BOUNCES = "000123456789", "000111111116"
SIX_DAYS = 6 * 24 * 3600


@pytest.fixture
def begin_debit(pipelines, stripe_api, invoice):
    """Begins one on the invoice's page, without FlexSync's hearing of it."""

    def begin(number):
        pipelines.simulator.delivery_settings(drop=-1)
        pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id, number)
        pipelines.simulator.delivery_settings(drop=0)

    return begin


def end(invoice, name):
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    getattr(invoices, name)(**place, now=timezone.now())


@pytest.mark.parametrize(
    ("name", "number", "there", "here"),
    [
        ("void", CLEARS, "paid", ("voided", "overpaid")),
        ("void", BOUNCES, "void", ("voided", "pending")),
        ("mark_uncollectible", CLEARS, "paid", ("uncollectible", "succeeded")),
        ("mark_uncollectible", BOUNCES, "uncollectible", ("uncollectible", "failed")),
    ],
)
def test_it_is_ended_once_the_bank_has_decided(
    pipelines, stripe_api, connection, invoice, begin_debit, name, number, there, here
):
    begin_debit(number)
    end(invoice, name)
    waiting = push(connection, Kind.INVOICE, invoice.pk)
    assert (waiting.state, waiting.attempts) == ("sending", 0)
    assert "Waits until the bank has decided on pi_" in waiting.last_error
    assert fresh(invoice).payment_status == "processing"
    pipelines.simulator.advance_clock(SIX_DAYS)
    pipelines.settle()
    assert stripe_invoice(stripe_api, invoice).status == there
    assert (fresh(invoice).status, invoice.payment_status) == here
    assert_nothing_waits()


def test_what_is_credited_meanwhile_is_issued_then(pipelines, stripe_api, connection, invoice, begin_debit):
    begin_debit(BOUNCES)
    note = credit_notes.issue(
        environment_id=invoice.environment_id,
        invoice_id=invoice.pk,
        request=CreditNoteRequest(amount=Decimal(14)),
        now=timezone.now(),
    )
    waiting = push(connection, Kind.CREDIT_NOTE, note.pk)
    assert waiting.state == "sending" and "Waits until the bank" in waiting.last_error
    pipelines.simulator.advance_clock(SIX_DAYS)
    pipelines.settle()
    assert (fresh(note).status, fresh(invoice).amount_remaining) == ("issued", Decimal(40))
    assert stripe_invoice(stripe_api, invoice).amount_remaining == 4000
    assert_nothing_waits()
