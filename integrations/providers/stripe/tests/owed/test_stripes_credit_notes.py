"""Credit notes that are issued at Stripe lower what is owed here, whichever of their events come."""

from decimal import Decimal

import pytest

from billing.events import Kind
from billing.models import BalanceTransaction, CreditNote, Payment
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_id_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def credit(stripe_api, invoice):
    """Issues a credit note on the invoice at Stripe (minor units); returns its id there."""

    def issue(amount, **params):
        stripe_id = stripe_id_of(Kind.INVOICE, invoice.pk)
        named = {"amount": amount} if amount else {}
        return stripe_api.v1.credit_notes.create({"invoice": stripe_id, **named, **params}).id

    return issue


@pytest.fixture
def paid(pipelines, stripe_api, invoice, card):
    """Pays the invoice at Stripe with a card."""
    card()
    stripe_api.v1.invoices.pay(stripe_id_of(Kind.INVOICE, invoice.pk), {"off_session": True})
    pipelines.settle()
    return fresh(invoice)


def test_a_credit_note_lowers_what_is_owed(invoice, credit, assert_both_agree):
    credit(400, reason="order_change", memo="Two seats")
    assert_both_agree()
    assert (fresh(invoice).credited, invoice.amount_remaining) == (Decimal(4), Decimal(50))
    note = CreditNote.objects.get()
    assert (note.before_payment, note.after_payment, note.is_external) == (Decimal(4), 0, True)
    assert (note.reason, note.memo, note.customer_id) == ("order_change", "Two seats", invoice.customer_id)
    assert note.pdf_url and note.number and not Payment.objects.exists()


def test_a_credit_note_over_everything_pays_the_invoice(invoice, credit, assert_both_agree):
    credit(5400)
    assert_both_agree()
    assert (fresh(invoice).payment_status, invoice.amount_due) == ("succeeded", 0)


def test_all_its_lines_are_here_however_many(invoice, credit, pipelines, assert_both_agree):
    lines = [
        {"type": "custom_line_item", "description": f"Seat {number}", "quantity": 1, "unit_amount": 10}
        for number in range(1, 131)
    ]
    credit(None, lines=lines)
    assert_both_agree()
    found = [line["description"] for line in CreditNote.objects.get().lines]
    assert found == [line["description"] for line in lines]
    # The event shows the first ten.
    assert len(pipelines.simulator.requests("credit_notes.line_items.list")) == 2


def test_a_voided_credit_note_counts_no_more(invoice, credit, stripe_api, assert_both_agree):
    stripe_api.v1.credit_notes.void_credit_note(credit(400))
    assert_both_agree()
    assert (fresh(invoice).credited, CreditNote.objects.get().status) == (0, "voided")


def test_it_is_found_where_its_events_were_lost(
    pipelines, invoice, credit, stripe_api, card, assert_both_agree
):
    card()
    pipelines.simulator.delivery_settings(drop=-1)
    credit(400)
    pipelines.simulator.flush_deliveries()
    pipelines.simulator.delivery_settings(drop=0)
    stripe_api.v1.invoices.pay(stripe_id_of(Kind.INVOICE, invoice.pk), {"off_session": True})
    assert_both_agree()
    assert (fresh(invoice).credited, invoice.amount_paid) == (Decimal(4), Decimal(50))
    assert CreditNote.objects.get().before_payment == Decimal(4)
    assert len(pipelines.simulator.requests("credit_notes.list")) == 1


def test_what_goes_back_after_payment_leaves_what_was_owed(paid, credit, pipelines, stripe_api):
    credit(1000, refund_amount=600, credit_amount=300, out_of_band_amount=100)
    pipelines.settle()
    assert pipelines.unsettled() == []
    note = CreditNote.objects.get()
    assert (note.refunded, note.to_balance, note.out_of_band) == (Decimal(6), Decimal(3), Decimal(1))
    assert (fresh(paid).credited, paid.amount_due, paid.amount_paid) == (0, Decimal(54), Decimal(54))
    assert Payment.objects.get().amount_refunded == Decimal(6)
    movement = BalanceTransaction.objects.get()
    assert (movement.type, movement.credit_note, movement.amount) == ("credit_note", note, Decimal(-3))


def test_events_in_any_order_come_to_the_same(pipelines, invoice, credit, stripe_api, assert_both_agree):
    pipelines.simulator.delivery_settings(reorder=1, duplicate=1)
    credit(400)
    stripe_api.v1.credit_notes.void_credit_note(credit(300))
    assert_both_agree()
    assert fresh(invoice).credited == Decimal(4)
