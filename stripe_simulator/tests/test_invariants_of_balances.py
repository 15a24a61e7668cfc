"""Invariants of balances after any sequence of calls: of customers, their invoices, and the account."""

from collections import defaultdict
from typing import Any

import stripe
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stripe_simulator.testing import SimulatorServer

from . import factories
from .conftest import client_of

_ANY = st.integers(0, 5)
_CURRENCIES = st.sampled_from(["usd", "eur"])
_CARDS = ["visa", "refundFail", "pendingRefund", "createDispute", "chargeDeclined"]
_WAYS = ["refund_amount", "credit_amount", "out_of_band_amount"]
_AT_FINALIZATION = ("applied_to_invoice", "invoice_too_small", "invoice_too_large")
_PAGE = {"limit": 100}


class Balances(RuleBasedStateMachine):
    server: SimulatorServer

    @initialize()
    def open_account(self) -> None:
        self.server.reset()
        self.client = client_of(self.server, "sk_test_demo")
        self.owner = factories.customer(self.client)
        self.invoices: list[str] = []
        self.invoice(1000, "usd", "visa")

    def attempt(self, call: Any, *arguments: Any) -> Any:
        """Return the result, None for a refusal; only a broken contract (an APIError) is a failure."""
        try:
            return call(*arguments)
        except (stripe.InvalidRequestError, stripe.CardError):
            return None

    def some(self, index: int) -> Any:
        return self.client.v1.invoices.retrieve(self.invoices[index % len(self.invoices)])

    @rule(amount=st.integers(-700, 700), currency=_CURRENCIES)
    def adjust(self, amount: int, currency: str) -> None:
        params = {"amount": amount, "currency": currency}
        self.attempt(self.client.v1.customers.balance_transactions.create, self.owner.id, params)

    @rule(amount=st.integers(-200, 1500), currency=_CURRENCIES, card=st.sampled_from([*_CARDS, None]))
    def invoice(self, amount: int, currency: str, card: str | None) -> None:
        opened = factories.open_invoice(self.client, amount, owner=self.owner, currency=currency)
        self.invoices.append(opened.id)
        if card:
            self.attempt(self.client.v1.invoices.pay, opened.id, {"payment_method": f"pm_card_{card}"})

    @rule(index=_ANY, amount=st.integers(50, 2000))
    def attach(self, index: int, amount: int) -> None:
        invoice = self.some(index)
        params = {"amount": amount, "currency": invoice.currency, "customer": self.owner.id}
        paying = {"payment_method": "pm_card_visa", "confirm": True}
        intent = self.client.v1.payment_intents.create(params | paying)
        self.attempt(self.client.v1.invoices.attach_payment, invoice.id, {"payment_intent": intent.id})

    @rule(index=_ANY, share=st.integers(1, 100), ways=st.permutations(_WAYS))
    def credit(self, index: int, share: int, ways: list[str]) -> None:
        """Issue a note over a part of the total; what goes back does so in up to two ways."""
        invoice = self.some(index)
        amount = invoice.total * share // 100
        back = max(0, amount - invoice.amount_remaining)
        parts = {ways[0]: back // 2, ways[1]: back - back // 2}
        params = {"invoice": invoice.id, "amount": amount, **parts}
        shown = self.attempt(self.client.v1.credit_notes.preview, params)
        issued = self.attempt(self.client.v1.credit_notes.create, params)
        assert (shown is None) == (issued is None)

    @rule(index=_ANY)
    def void_note(self, index: int) -> None:
        notes = self.client.v1.credit_notes.list(_PAGE).data
        if notes:
            self.attempt(self.client.v1.credit_notes.void_credit_note, notes[index % len(notes)].id)

    @rule(index=_ANY)
    def void(self, index: int) -> None:
        self.attempt(self.client.v1.invoices.void_invoice, self.some(index).id)

    @rule(index=_ANY, amount=st.integers(1, 900))
    def refund(self, index: int, amount: int) -> None:
        charges = self.client.v1.charges.list(_PAGE).data
        if charges:
            params = {"charge": charges[index % len(charges)].id, "amount": amount}
            self.attempt(self.client.v1.refunds.create, params)

    @rule(text=st.sampled_from(["winning_evidence", "losing_evidence"]))
    def answer(self, text: str) -> None:
        for dispute in self.client.v1.disputes.list(_PAGE).data:
            evidence = {"evidence": {"uncategorized_text": text}}
            self.attempt(self.client.v1.disputes.update, dispute.id, evidence)

    @rule(hours=st.sampled_from([1, 30]))
    def wait(self, hours: int) -> None:
        self.server.advance_clock(hours * 3600)

    @invariant()
    def the_account_adds_up(self) -> None:
        entries = self.client.v1.balance_transactions.list(_PAGE).data
        sums: defaultdict[str, int] = defaultdict(int)
        for entry in entries:
            assert entry.net == entry.amount - entry.fee
            assert entry.fee == sum(detail.amount for detail in entry.fee_details)
            sums[entry.currency] += entry.net
        balance = self.client.v1.balance.retrieve()
        for available, pending in zip(balance.available, balance.pending, strict=True):
            assert available.amount + pending.amount == sums.pop(available.currency, 0)
        assert not sums
        self.each_movement_has_one_entry({entry.id: entry for entry in entries})

    def each_movement_has_one_entry(self, entries: dict[str, Any]) -> None:
        for charge in self.client.v1.charges.list(_PAGE).data:
            assert bool(charge.balance_transaction) == charge.captured
            if charge.captured:
                assert entries.pop(charge.balance_transaction).amount == charge.amount_captured
        for refund in self.client.v1.refunds.list(_PAGE).data:
            returned = getattr(refund, "failure_balance_transaction", None)
            assert bool(returned) == (refund.status == "failed")
            ids = [id for id in (refund.balance_transaction, returned) if id]
            assert sum(entries.pop(id).amount for id in ids) == (
                -refund.amount if refund.status == "succeeded" else 0
            )
        for dispute in self.client.v1.disputes.list(_PAGE).data:
            moved = sum(entries.pop(entry.id).amount for entry in dispute.balance_transactions)
            assert moved == (0 if dispute.status == "won" else -dispute.amount)
        assert not entries

    @invariant()
    def the_customers_ledger_adds_up(self) -> None:
        ledger = self.client.v1.customers.balance_transactions.list(self.owner.id, _PAGE).data
        self.invoices_agree_with(ledger)
        sums: defaultdict[str, int] = defaultdict(int)
        for entry in reversed(ledger):
            sums[entry.currency] += entry.amount
            assert entry.ending_balance == sums[entry.currency]
        shown = self.client.v1.customers.retrieve(self.owner.id, {"expand": ["invoice_credit_balance"]})
        credit = shown.invoice_credit_balance.to_dict()
        assert credit == {currency: -balance for currency, balance in sums.items()}
        assert shown.balance == sums[shown.currency]

    def invoices_agree_with(self, ledger: list[Any]) -> None:
        notes = self.client.v1.credit_notes.list(_PAGE).data
        for invoice in self.client.v1.invoices.list(_PAGE).data:
            entries = [entry for entry in ledger if entry.invoice == invoice.id]
            issued = [note for note in notes if note.invoice == invoice.id and note.status == "issued"]
            applied = sum(entry.amount for entry in entries if entry.type in _AT_FINALIZATION)
            assert invoice.starting_balance + applied == invoice.ending_balance
            overpaid = sum(entry.amount for entry in entries if entry.type == "invoice_overpaid")
            assert invoice.amount_overpaid == -overpaid
            if invoice.status == "void":
                assert sum(entry.amount for entry in entries if "applied" in entry.type) == 0
            self.amounts_due_are_lowered_by(issued, invoice, entries)

    def amounts_due_are_lowered_by(self, issued: list[Any], invoice: Any, entries: list[Any]) -> None:
        lowered = sum(note.pre_payment_amount for note in issued)
        returned = sum(note.post_payment_amount for note in issued)
        assert invoice.pre_payment_credit_notes_amount == lowered
        assert invoice.post_payment_credit_notes_amount == returned
        carried = sum(entry.amount for entry in entries if entry.type.startswith("invoice_too_"))
        owed = max(0, invoice.total + invoice.starting_balance)
        assert invoice.amount_due == owed - carried - lowered
        assert lowered + returned <= max(0, invoice.total)
        assert invoice.amount_paid + invoice.amount_remaining == invoice.amount_due


def test_balances_hold_after_any_sequence(server: SimulatorServer) -> None:
    machine = type("Machine", (Balances,), {"server": server})
    machine.TestCase.settings = settings(
        max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine.TestCase("runTest").runTest()
