"""Credit notes: how an amount is divided, what it does to its invoice, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from billing.errors import Conflict, Invalid
from billing.facts import CreditLineFacts, LineFacts
from billing.models import CreditNote, Environment, Invoice, Payment
from billing.services.invoices import credit_note_voids, credit_notes, invoices, owed, reported_credit_notes
from billing.services.invoices.credit_notes import CreditNoteRequest
from billing.services.payments import refunds
from billing.tests.clock import NOW
from billing.tests.factories import CreditNoteFactory, InvoiceFactory, PaymentFactory, credit_note_facts
from billing.tests.violations import refuse

pytestmark = pytest.mark.django_db
APOLOGY = CreditLineFacts(description="Apology", quantity=Decimal(3), unit_amount=Decimal("0.505"))


@pytest.fixture
def invoice(environment: Environment) -> Invoice:
    """100.00 are due."""
    return InvoiceFactory(environment=environment, finalized=True)


def issue(invoice: Invoice, amount: str | None = None, key: str = "", **fields: Any) -> CreditNote:
    given = {"amount": Decimal(amount)} if amount else {}
    return credit_notes.issue(
        environment_id=invoice.environment_id,
        invoice_id=invoice.pk,
        request=CreditNoteRequest(**given, **fields),
        idempotency_key=key,
        now=NOW,
    )


def amounts(invoice: Invoice) -> tuple[Decimal, Decimal, Decimal, str]:
    invoice.refresh_from_db()
    return invoice.credited, invoice.amount_due, invoice.amount_remaining, invoice.payment_status


class TestIssuing:
    def test_lowers_what_is_due(self, invoice: Invoice) -> None:
        note = issue(invoice, "40")
        assert (note.before_payment, note.after_payment) == (40, 0)
        assert amounts(invoice) == (40, 60, 60, "pending")

    def test_over_everything_settles_the_invoice(self, invoice: Invoice) -> None:
        issue(invoice, "100")
        assert amounts(invoice) == (100, 0, 0, "succeeded")

    def test_of_a_part_paid_invoice_divides_the_amount(self, invoice: Invoice) -> None:
        PaymentFactory(
            invoice=invoice, environment=invoice.environment, amount=Decimal(80), status="succeeded"
        )
        with pytest.raises(Conflict, match="10.00 USD of this credit note was paid already"):
            issue(invoice, "30")
        note = issue(invoice, "30", out_of_band=Decimal(10))
        assert (note.before_payment, note.after_payment, note.out_of_band) == (20, 10, 10)
        assert amounts(invoice) == (20, 80, 0, "succeeded")

    def test_of_what_nobody_paid_gives_nothing_back(self, invoice: Invoice) -> None:
        with pytest.raises(Conflict, match="Nothing of this credit note was paid already") as refused:
            issue(invoice, "30", refund=Decimal(30))
        assert set(refused.value.details) == {"refund", "to_balance", "out_of_band"}

    def test_takes_nothing_of_what_was_carried_over_to_the_invoice(self, invoice: Invoice) -> None:
        invoice.balance_applied, invoice.amount_due, invoice.amount_remaining = Decimal(-5), 105, 105
        invoice.save()
        with pytest.raises(Conflict, match=r"at most 100\.00 USD"):
            issue(invoice, "101")
        issue(invoice, "60")
        with pytest.raises(Conflict, match=r"at most 40\.00 USD"):
            issue(invoice, "41")

    def test_gives_back_to_the_balance_what_the_balance_paid(self, invoice: Invoice) -> None:
        owed.recount(
            environment_id=invoice.environment_id, invoice_id=invoice.pk, balance_applied=Decimal(100)
        )
        with pytest.raises(Conflict, match="cannot be voided") as refused:
            invoices.void(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=NOW)
        assert refused.value.code == "invoice_paid"
        note = issue(invoice, "100", to_balance=Decimal(100))
        assert (note.before_payment, note.to_balance) == (0, 100)
        with pytest.raises(Conflict, match=r"at most 0\.00 USD"):
            issue(invoice, "1", to_balance=Decimal(1))

    def test_leaves_less_of_its_payments_to_be_refunded(self, invoice: Invoice) -> None:
        paid = PaymentFactory(invoice=invoice, environment=invoice.environment, status="succeeded")
        issue(invoice, "30", out_of_band=Decimal(30))
        everything = {"environment_id": invoice.environment_id, "payment_id": paid.pk, "out_of_band": True}
        with pytest.raises(Conflict, match=r"at most 70\.00 USD can still be refunded"):
            refunds.create(**everything, amount=Decimal(71), now=NOW)
        assert refunds.create(**everything, amount=None, now=NOW).amount == 70

    def test_waits_while_a_bank_works_on_a_payment(self, invoice: Invoice) -> None:
        PaymentFactory(invoice=invoice, environment=invoice.environment, status="processing", gateway="acme")
        with pytest.raises(Conflict, match="A bank works on the payment") as refused:
            issue(invoice, "30")
        assert refused.value.code == "payment_in_progress" and not CreditNote.objects.exists()

    def test_refunds_nothing_that_a_dispute_has_taken(self, invoice: Invoice) -> None:
        paid = PaymentFactory(
            invoice=invoice, environment=invoice.environment, status="succeeded", gateway="acme",
            gateway_payment_id="acme_1",
        )  # fmt: skip
        Payment.objects.update(amount_disputed=Decimal(100))
        with pytest.raises(Conflict, match="without what disputes took") as refused:
            issue(invoice, "30", refund=Decimal(30))
        assert "even_if_disputed" not in str(refused.value)
        assert not paid.refunds.exists()

    def test_refunds_only_what_gateways_hold(self, invoice: Invoice) -> None:
        PaymentFactory(invoice=invoice, environment=invoice.environment, status="succeeded")
        with pytest.raises(Conflict) as refused:
            issue(invoice, "30", refund=Decimal(30))
        assert refused.value.code == "credit_note_allocation" and "Gateways hold 0.00 USD" in str(
            refused.value
        )
        assert not CreditNote.objects.exists()

    def test_refunds_the_latest_payments_first(self, invoice: Invoice) -> None:
        for number, amount in enumerate((60, 40)):
            PaymentFactory(
                invoice=invoice,
                environment=invoice.environment,
                amount=Decimal(amount),
                status="succeeded",
                gateway="stripe",
                gateway_payment_id=f"pi_{number}",
            )
        note = issue(invoice, "50", refund=Decimal(50))
        refunds = note.refunds.order_by("created_at").values_list("payment__amount", "amount")
        assert sorted(refunds) == [(40, 40), (60, 10)]
        with pytest.raises(Conflict, match="at most 50.00 USD"):
            issue(invoice, "51", refund=Decimal(51))

    @pytest.mark.parametrize("status", ["draft", "voided"])
    def test_needs_a_final_invoice(self, environment: Environment, status: str) -> None:
        draft = InvoiceFactory(environment=environment)
        if status == "voided":
            invoices.void(environment_id=environment.pk, invoice_id=draft.pk, now=NOW)
        with pytest.raises(Conflict) as refused:
            issue(draft, "10")
        assert refused.value.code == "invoice_not_open"

    @pytest.mark.parametrize("given", [{}, {"amount": "10", "lines": (APOLOGY,)}])
    def test_needs_an_amount_or_lines(self, invoice: Invoice, given: dict[str, Any]) -> None:
        with pytest.raises(Invalid, match="either an amount or lines"):
            issue(invoice, **given)

    @pytest.mark.parametrize("amount", ["0", "-5"])
    def test_needs_an_amount_above_zero(self, invoice: Invoice, amount: str) -> None:
        with pytest.raises(Invalid, match="above 0"):
            issue(invoice, amount)

    def test_under_the_same_key_happens_once(self, invoice: Invoice) -> None:
        assert issue(invoice, "40", key="k") == issue(invoice, "40", key="k")
        assert amounts(invoice)[0] == 40


class TestLines:
    @pytest.fixture
    def invoice(self, environment: Environment) -> Invoice:
        """Three seats for 30.00, less 3.00, plus 20 % tax: 32.40."""
        seats = LineFacts(
            "Seats",
            quantity=Decimal(3),
            unit_amount=Decimal(10),
            discount=Decimal(3),
            tax=Decimal("5.40"),
        )
        return InvoiceFactory(environment=environment, lines=(seats,), finalized=True)

    @pytest.mark.parametrize(
        ("given", "credited"),
        [({}, "32.40"), ({"quantity": Decimal(1)}, "10.80"), ({"amount": Decimal("5.55")}, "5.55")],
    )
    def test_credit_a_line_whole_or_in_part(
        self, invoice: Invoice, given: dict[str, Decimal], credited: str
    ) -> None:
        line = CreditLineFacts(invoice_line_item_id=invoice.lines.get().pk, **given)
        note = issue(invoice, lines=(line,))
        assert (note.amount, note.lines[0]["amount"]) == (Decimal(credited), credited)
        assert note.lines[0]["description"] == "Seats"

    def test_of_their_own_are_priced(self, invoice: Invoice) -> None:
        assert issue(invoice, lines=(APOLOGY,)).amount == Decimal("1.52")

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"invoice_line_item_id": "inv_line_x"}, "lines[0].invoice_line_item_id"),
            ({"description": "Apology"}, "lines[0].unit_amount"),
            ({"description": "Apology", "unit_amount": Decimal(-1)}, "lines[0].unit_amount"),
        ],
    )
    def test_that_make_no_sense_are_refused(
        self, invoice: Invoice, given: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            issue(invoice, lines=(CreditLineFacts(**given),))
        assert list(refused.value.details) == [field]

    def test_never_credit_more_than_the_line(self, invoice: Invoice) -> None:
        line = CreditLineFacts(Decimal("32.41"), invoice_line_item_id=invoice.lines.get().pk)
        with pytest.raises(Invalid, match="at most that"):
            issue(invoice, lines=(line,))


class TestVoiding:
    def test_asks_for_the_amount_again(self, invoice: Invoice) -> None:
        note = issue(invoice, "40")
        for _ in range(2):
            credit_note_voids.void(environment_id=invoice.environment_id, credit_note_id=note.pk, now=NOW)
        assert amounts(invoice) == (0, 100, 100, "pending")

    def test_is_refused_once_something_went_back(self, invoice: Invoice) -> None:
        PaymentFactory(invoice=invoice, environment=invoice.environment, status="succeeded")
        note = issue(invoice, "40", out_of_band=Decimal(40))
        with pytest.raises(Conflict) as refused:
            credit_note_voids.void(environment_id=invoice.environment_id, credit_note_id=note.pk, now=NOW)
        assert refused.value.code == "credit_note_final"


class TestReported:
    def report(self, invoice: Invoice, **facts: Any) -> CreditNote:
        return reported_credit_notes.record(
            environment_id=invoice.environment_id,
            invoice_id=invoice.pk,
            facts=credit_note_facts(**facts),
            gateway="stripe",
            connection_id="conn_1",
            origin="conn_1",
        )

    def test_a_gateway_decides_how_ours_is_divided(self, invoice: Invoice) -> None:
        note = issue(invoice, "40")
        reported = self.report(
            invoice, before_payment=Decimal(25), to_balance=Decimal(15), credit_note_id=note.pk
        )
        assert (reported.pk, reported.amount, reported.after_payment) == (note.pk, 40, 15)
        assert amounts(invoice)[:2] == (25, 75)

    def test_one_that_is_voided_stays_voided(self, invoice: Invoice) -> None:
        self.report(invoice, status="voided", voided_at=NOW)
        assert self.report(invoice).status == "voided"
        assert amounts(invoice)[0] == 0

    def test_one_that_no_gateway_has_never_takes_more_than_the_balance_left(self, invoice: Invoice) -> None:
        issue(invoice, "100")
        owed.recount(
            environment_id=invoice.environment_id, invoice_id=invoice.pk, balance_applied=Decimal(60)
        )
        assert amounts(invoice) == (40, 0, 0, "succeeded")


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("amount = 5", "credit_note_parts_make_amount"),
        ("amount = 5, after_payment = 1", "credit_note_says_where_it_goes"),
        ("refunded = -1, to_balance = 1", "credit_note_amounts_not_negative"),
        ("status = 'voided'", "credit_note_voided_at"),
    ],
)
def test_the_database_refuses_amounts_that_do_not_fit(
    environment: Environment, columns: str, constraint: str
) -> None:
    note = CreditNoteFactory(environment=environment)
    assert refuse(f"UPDATE billing_creditnote SET {columns} WHERE id = %s", note.pk) == constraint
