"""Golden events of credit notes: each, in whichever order, comes to the same credit note here."""

from decimal import Decimal
from itertools import permutations

import pytest

from billing.events import Kind
from billing.models import CreditNote
from integrations.providers.stripe.translate import credit_notes as translate
from integrations.providers.stripe.translate import spellings

EVENTS = ("credit_note_created__plain", "credit_note_updated__memo", "credit_note_voided__plain")


@pytest.mark.django_db(transaction=True)
class TestCreditNotes:
    def test_one_is_recorded_and_counts(self, world):
        world.link_invoice("credit_note_created__plain")
        world.arrives("credit_note_created__plain")
        world.invoice.refresh_from_db()
        assert (world.invoice.credited, world.invoice.amount_due) == (Decimal(4), Decimal(50))
        note = CreditNote.objects.get()
        assert world.local_id(Kind.CREDIT_NOTE, "credit_note_created__plain") == note.pk
        assert (note.reason, note.memo) == ("order_change", "Two seats")
        world.arrives("credit_note_updated__memo")
        note.refresh_from_db()
        assert note.memo == "Two seats too many"

    @pytest.mark.parametrize("order", list(permutations(EVENTS)))
    def test_a_voided_one_counts_no_more_in_any_order(self, world, order):
        world.link_invoice("credit_note_created__plain")
        for name in order:
            assert world.arrive(name).state in ("applied", "ignored")
        world.invoice.refresh_from_db()
        assert (CreditNote.objects.get().status, world.invoice.credited) == ("voided", 0)

    def test_one_of_an_unknown_invoice_waits_for_it(self, world):
        row = world.arrive("credit_note_created__plain")
        assert row.state == "pending" and "Waits for the invoice" in row.reason
        world.link_invoice("credit_note_created__plain")
        world.arrives_again("credit_note_created__plain")


def of_old(note, **parts):
    """A credit note as before 2025, when it was issued either before payment or after it."""
    return {
        "id": "cn_1",
        "object": "credit_note",
        "currency": "usd",
        "created": 1,
        "status": "issued",
        "amount": 1000,
        **note,
        **parts,
    }


class TestOldVersions:
    def test_before_payment(self):
        facts = translate.facts_of(spellings.current(of_old({"type": "pre_payment"})))
        assert (facts.before_payment, facts.refunded + facts.to_balance + facts.out_of_band) == (10, 0)

    @pytest.mark.parametrize(
        ("parts", "expected"),
        [
            ({"refund": "re_1", "out_of_band_amount": 300}, (7, 0, 3)),
            ({"customer_balance_transaction": "cbtxn_1"}, (0, 10, 0)),
        ],
    )
    def test_after_payment(self, parts, expected):
        facts = translate.facts_of(spellings.current(of_old({"type": "post_payment"}, **parts)))
        assert (facts.refunded, facts.to_balance, facts.out_of_band) == expected
