"""Invariants after any sequence of calls."""

from typing import Any

import stripe
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stripe_simulator.testing import SimulatorServer

from . import factories
from .conftest import client_of
from .event_histories import check_intent, check_invoice, event_histories
from .whole_state import nothing_changes_if_refused

_CARDS = ["pm_card_visa", "pm_card_chargeDeclined", "pm_card_authenticationRequired"]
_AMOUNTS = st.lists(st.integers(-500, 2000), min_size=1, max_size=3)


class Bookkeeping(RuleBasedStateMachine):
    server: SimulatorServer

    @initialize()
    def open_account(self) -> None:
        self.server.reset()
        self.client = client_of(self.server, "sk_test_demo")
        self.owner = factories.customer(self.client)
        self.coupon = self.client.v1.coupons.create({"percent_off": 33})
        self.rate = self.client.v1.tax_rates.create(
            {"display_name": "VAT", "percentage": 8.875, "inclusive": False}
        )
        self.invoices = [factories.open_invoice(self.client, 900, owner=self.owner).id for _ in range(2)]
        self.invoices.append(factories.draft(self.client, 1200, owner=self.owner).id)

    def attempt(self, call: Any, *arguments: Any) -> Any:
        """Return the result, or None if refused, which changes nothing; a broken contract is a failure."""
        try:
            with nothing_changes_if_refused(self.server):
                return call(*arguments)
        except (stripe.InvalidRequestError, stripe.CardError):
            return None

    def some(self, index: int) -> str:
        return self.invoices[index % len(self.invoices)]

    @rule(amounts=_AMOUNTS, discounted=st.booleans(), taxed=st.booleans())
    def draft(self, amounts: list[int], discounted: bool, taxed: bool) -> None:
        discounts = {"discounts": [{"coupon": self.coupon.id}]} if discounted else {}
        rates = {"tax_rates": [self.rate.id]} if taxed else {}
        invoice = factories.draft(self.client, owner=self.owner, **discounts)
        lines = [{"amount": amount, **rates} for amount in amounts]
        self.client.v1.invoices.add_lines(invoice.id, {"lines": lines})
        self.invoices.append(invoice.id)

    @rule(
        index=st.integers(0, 5),
        name=st.sampled_from(["finalize_invoice", "void_invoice", "mark_uncollectible"]),
    )
    def move(self, index: int, name: str) -> None:
        self.attempt(getattr(self.client.v1.invoices, name), self.some(index))

    @rule(index=st.integers(0, 5), card=st.sampled_from(_CARDS))
    def pay(self, index: int, card: str) -> None:
        self.attempt(self.client.v1.invoices.pay, self.some(index), {"payment_method": card})

    @rule(index=st.integers(0, 5))
    def pay_out_of_band(self, index: int) -> None:
        self.attempt(self.client.v1.invoices.pay, self.some(index), {"paid_out_of_band": True})

    @rule(index=st.integers(0, 5), amount=st.integers(50, 3000))
    def attach(self, index: int, amount: int) -> None:
        intent = self.client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "usd",
                "customer": self.owner.id,
                "payment_method": "pm_card_visa",
                "confirm": True,
            }
        )
        self.attempt(self.client.v1.invoices.attach_payment, self.some(index), {"payment_intent": intent.id})

    @rule(index=st.integers(0, 5), amount=st.integers(1, 1000))
    def credit(self, index: int, amount: int) -> None:
        for refund in ({}, {"credit_amount": amount}):
            params = {"invoice": self.some(index), "amount": amount, **refund}
            self.attempt(self.client.v1.credit_notes.create, params)

    @rule(index=st.integers(0, 5), text=st.sampled_from(["", "June", "July"]))
    def describe(self, index: int, text: str) -> None:
        self.attempt(self.client.v1.invoices.update, self.some(index), {"description": text})

    @invariant()
    def amounts_add_up(self) -> None:
        for invoice in self.client.v1.invoices.list({"limit": 100}).data:
            exclusive = sum(tax.amount for tax in invoice.total_taxes)
            discounts = sum(discount.amount for discount in invoice.total_discount_amounts)
            assert invoice.total == invoice.subtotal - discounts + exclusive
            assert invoice.amount_paid + invoice.amount_remaining == invoice.amount_due
            assert min(invoice.amount_paid, invoice.amount_remaining, invoice.amount_overpaid) >= 0
            assert invoice.status != "paid" or invoice.amount_remaining == 0

    def teardown(self) -> None:
        self.each_change_has_its_event_and_each_event_a_change()
        self.pages_show_each_object_once()

    def each_change_has_its_event_and_each_event_a_change(self) -> None:
        histories = event_histories(self.client, "invoice")
        for invoice in self.client.v1.invoices.list({"limit": 100}).auto_paging_iter():
            check_invoice(invoice.to_dict(), histories.pop(invoice.id))
        assert not histories
        histories = event_histories(self.client, "payment_intent")
        for intent in self.client.v1.payment_intents.list({"limit": 100}).auto_paging_iter():
            check_intent(intent.to_dict(), histories.pop(intent.id))
        assert not histories

    def pages_show_each_object_once(self) -> None:
        listed = [invoice.id for invoice in self.client.v1.invoices.list({"limit": 2}).auto_paging_iter()]
        assert listed == self.invoices[::-1]
        for service in (self.client.v1.events, self.client.v1.payment_intents, self.client.v1.charges):
            ids = [
                [object.id for object in service.list({"limit": size}).auto_paging_iter()]
                for size in (7, 100)
            ]
            assert ids[0] == ids[1] and len(set(ids[0])) == len(ids[0])


def test_bookkeeping_holds_after_any_sequence(server: SimulatorServer) -> None:
    machine = type("Machine", (Bookkeeping,), {"server": server})
    machine.TestCase.settings = settings(
        max_examples=10, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine.TestCase("runTest").runTest()
