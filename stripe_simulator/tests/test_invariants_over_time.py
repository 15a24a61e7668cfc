"""Invariants after any sequence of calls while time passes: subscriptions, credit notes and refunds."""

from typing import Any

import stripe
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stripe_simulator.testing import SimulatorServer

from . import factories
from .conftest import client_of
from .event_histories import check_changes, check_invoice, event_histories
from .whole_state import nothing_changes_if_refused

_DAY = 86400
_ANY = st.integers(0, 5)
_CARDS = ["pm_card_visa", "pm_card_chargeCustomerFail"]


class Seasons(RuleBasedStateMachine):
    server: SimulatorServer

    @initialize()
    def open_account(self) -> None:
        self.server.reset()
        self.client = client_of(self.server, "sk_test_demo")
        self.owner = factories.customer_with_card(self.client)
        self.plans = [factories.price(self.client, amount).id for amount in (1000, 333)]
        self.plans.append(factories.price(self.client, 9999, "year").id)
        coupons = ({"duration": "once"}, {"duration": "repeating", "duration_in_months": 2})
        self.coupons = [self.client.v1.coupons.create({"percent_off": 33, **coupon}).id for coupon in coupons]
        self.rate = self.client.v1.tax_rates.create(
            {"display_name": "VAT", "percentage": 8.875, "inclusive": False}
        )
        self.days = 0
        self.subscribed: list[str] = []
        self.subscribe(0, 0, None, False)

    def attempt(self, call: Any, *arguments: Any) -> Any:
        """Return the result, or None if refused, which changes nothing; a broken contract is a failure."""
        try:
            with nothing_changes_if_refused(self.server):
                return call(*arguments)
        except (stripe.InvalidRequestError, stripe.CardError):
            return None

    def some(self, index: int) -> str:
        return self.subscribed[index % len(self.subscribed)]

    def invoice(self, index: int) -> Any:
        invoices = self.client.v1.invoices.list({"limit": 6}).data
        return invoices[index % len(invoices)]

    @rule(
        index=_ANY, trial=st.sampled_from([0, 5]), coupon=st.sampled_from([None, 0, 1]), taxed=st.booleans()
    )
    def subscribe(self, index: int, trial: int, coupon: int | None, taxed: bool) -> None:
        params: dict[str, Any] = {
            "customer": self.owner.id,
            "items": [{"price": self.plans[index % 3], "quantity": 2}],
        }
        params |= {"trial_period_days": trial} if trial else {}
        params |= {"discounts": [{"coupon": self.coupons[coupon]}]} if coupon is not None else {}
        params |= {"default_tax_rates": [self.rate.id]} if taxed else {}
        self.subscribed.append(self.client.v1.subscriptions.create(params).id)

    @rule(index=_ANY, plan=_ANY, quantity=st.integers(0, 3))
    def change(self, index: int, plan: int, quantity: int) -> None:
        subscription = self.client.v1.subscriptions.retrieve(self.some(index))
        item = {"id": subscription["items"].data[0].id, "price": self.plans[plan % 3], "quantity": quantity}
        self.attempt(self.client.v1.subscriptions.update, subscription.id, {"items": [item]})

    @rule(index=_ANY, name=st.sampled_from(["cancel", "pause", "resume"]))
    def move(self, index: int, name: str) -> None:
        self.attempt(getattr(self.client.v1.subscriptions, name), self.some(index))

    @rule(index=_ANY, at_end=st.booleans())
    def end_later(self, index: int, at_end: bool) -> None:
        self.attempt(self.client.v1.subscriptions.update, self.some(index), {"cancel_at_period_end": at_end})

    @rule(card=st.sampled_from(_CARDS))
    def replace_card(self, card: str) -> None:
        method = self.client.v1.payment_methods.attach(card, {"customer": self.owner.id}).id
        self.client.v1.customers.update(
            self.owner.id, {"invoice_settings": {"default_payment_method": method}}
        )

    @rule(amount=st.integers(-300, 900))
    def charge_extra(self, amount: int) -> None:
        self.client.v1.invoice_items.create({"customer": self.owner.id, "amount": amount, "currency": "usd"})

    @rule(days=st.sampled_from([1, 3, 8]))
    def wait(self, days: int) -> None:
        """Advance less than 30 days in all: older events are no longer listed."""
        if self.days + days < 29:
            self.days += days
            self.server.advance_clock(days * _DAY)

    @rule(
        index=_ANY, amount=st.integers(1, 700), way=st.sampled_from(["refund_amount", "credit_amount", None])
    )
    def credit(self, index: int, amount: int, way: str | None) -> None:
        params: dict[str, Any] = {"invoice": self.invoice(index).id, "amount": amount}
        self.attempt(self.client.v1.credit_notes.create, params | ({way: amount} if way else {}))

    @rule(index=_ANY, amount=st.integers(1, 700))
    def refund(self, index: int, amount: int) -> None:
        charges = self.client.v1.charges.list({"limit": 6}).data
        charge = charges[index % len(charges)]
        self.attempt(self.client.v1.refunds.create, {"charge": charge.id, "amount": amount})

    @invariant()
    def invoices_add_up(self) -> None:
        for invoice in self.client.v1.invoices.list({"limit": 100}).data:
            exclusive = sum(tax.amount for tax in invoice.total_taxes)
            discounts = sum(discount.amount for discount in invoice.total_discount_amounts)
            assert invoice.subtotal == sum(line.amount for line in invoice.lines.data)
            assert invoice.total == invoice.subtotal - discounts + exclusive
            assert invoice.amount_paid + invoice.amount_remaining == invoice.amount_due
            notes = self.client.v1.credit_notes.list({"invoice": invoice.id, "limit": 100}).data
            assert invoice.pre_payment_credit_notes_amount == sum(note.pre_payment_amount for note in notes)
            assert invoice.post_payment_credit_notes_amount == sum(note.post_payment_amount for note in notes)

    @invariant()
    def money_adds_up(self) -> None:
        for charge in self.client.v1.charges.list({"limit": 100}).data:
            refunds = self.client.v1.refunds.list({"charge": charge.id, "limit": 100}).data
            assert (
                charge.amount_refunded == sum(refund.amount for refund in refunds) <= charge.amount_captured
            )
        ledger = self.client.v1.customers.balance_transactions.list(self.owner.id, {"limit": 100}).data
        assert self.client.v1.customers.retrieve(self.owner.id).balance == sum(
            entry.amount for entry in ledger
        )

    def teardown(self) -> None:
        histories = event_histories(self.client, "subscription")
        for subscription in self.client.v1.subscriptions.list(
            {"status": "all", "limit": 100}
        ).auto_paging_iter():
            history = histories.pop(subscription.id)
            assert history[0][0] == "customer.subscription.created"
            check_changes(subscription.to_dict(), history, "customer.subscription.updated")
        assert not histories
        histories = event_histories(self.client, "invoice")
        for invoice in self.client.v1.invoices.list({"limit": 100}).auto_paging_iter():
            check_invoice(invoice.to_dict(), histories.pop(invoice.id))
        assert not histories
        for service in (self.client.v1.subscriptions, self.client.v1.credit_notes, self.client.v1.refunds):
            ids = [
                [object.id for object in service.list({"limit": size}).auto_paging_iter()]
                for size in (2, 100)
            ]
            assert ids[0] == ids[1] and len(set(ids[0])) == len(ids[0])


def test_seasons_hold_after_any_sequence(server: SimulatorServer) -> None:
    machine = type("Machine", (Seasons,), {"server": server})
    machine.TestCase.settings = settings(
        max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine.TestCase("runTest").runTest()
