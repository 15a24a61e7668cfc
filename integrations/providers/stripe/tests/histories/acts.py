"""The rules: a person at Stripe makes and changes customers, plans, subscriptions and payments."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from integrations.providers.stripe.tests.histories.shop import CARD, Shop

Act = Callable[..., Any]
NUMBERS = st.integers(0, 5)
WORDS = st.sampled_from(["Ada", "Grace", "", "Łukasz", "O'Brien & Söhne"])
AMOUNTS = st.integers(100, 9000)
PAUSES = st.sampled_from([0, 0, 1, 3600])


def having(resource: str, many: int = 1) -> Callable[[Act], Act]:
    """Requires at least ``many`` of the resource, so that an act finds something and leaves something."""
    return precondition(lambda self: self.shop.has(resource, many))


class Acts(RuleBasedStateMachine):
    """A history; two acts often fall into one second, so that the events' times do not show their order."""

    shop: Shop
    chance: Random

    @initialize(name=WORDS, chance=st.randoms(use_true_random=False))
    def opens_with_a_customer(self, name: str, chance: Random) -> None:
        self.chance = chance
        self.customer_comes(name, 0)

    @rule(name=WORDS, pause=PAUSES)
    def customer_comes(self, name: str, pause: int) -> None:
        self.shop.wait(pause)
        self.shop.make(
            "customers",
            {
                "name": name or "No name",
                "payment_method": CARD,
                "invoice_settings": {"default_payment_method": CARD},
            },
        )

    @rule(number=NUMBERS, name=WORDS, pause=PAUSES)
    def customer_changes(self, number: int, name: str, pause: int) -> None:
        self.shop.wait(pause)
        self.shop.change("customers", number, {"name": name, "metadata": {"name": name}})

    @having("customers", many=2)
    @rule(number=NUMBERS)
    def customer_leaves(self, number: int) -> None:
        self.shop.remove("customers", number)

    @rule(amount=AMOUNTS, name=WORDS, pause=PAUSES)
    def plan_appears(self, amount: int, name: str, pause: int) -> None:
        self.shop.wait(pause)
        self.shop.make("products", {"name": name or "Plan"})
        recurring = {"interval": "month"}
        product = self.shop.pick("products", -1)
        self.shop.make(
            "prices", {"product": product, "currency": "usd", "unit_amount": amount, "recurring": recurring}
        )

    @having("products")
    @rule(number=NUMBERS, name=WORDS, active=st.booleans(), pause=PAUSES)
    def plan_changes(self, number: int, name: str, active: bool, pause: int) -> None:
        self.shop.wait(pause)
        self.shop.change("products", number, {"name": name or "Plan", "active": active})

    @having("prices")
    @rule(number=NUMBERS, active=st.booleans(), pause=PAUSES)
    def price_changes(self, number: int, active: bool, pause: int) -> None:
        self.shop.wait(pause)
        self.shop.change("prices", number, {"active": active})

    @having("prices")
    @rule(customer=NUMBERS, price=NUMBERS, quantity=st.integers(1, 9), pause=PAUSES)
    def subscription_starts(self, customer: int, price: int, quantity: int, pause: int) -> None:
        self.shop.wait(pause)
        who, what = self.shop.pick("customers", customer), self.shop.pick("prices", price)
        self.shop.attempt(
            "subscriptions", {"customer": who, "items": [{"price": what, "quantity": quantity}]}
        )

    @having("subscriptions")
    @rule(number=NUMBERS, ends=st.booleans(), pause=PAUSES)
    def subscription_changes(self, number: int, ends: bool, pause: int) -> None:
        self.shop.wait(pause)
        self.shop.change("subscriptions", number, {"cancel_at_period_end": ends})

    @having("subscriptions")
    @rule(number=NUMBERS, paused=st.booleans())
    def subscription_pauses(self, number: int, paused: bool) -> None:
        behaviour = {"behavior": "void"} if paused else ""
        self.shop.change("subscriptions", number, {"pause_collection": behaviour})

    @having("subscriptions")
    @rule(number=NUMBERS, pause=PAUSES)
    def subscription_ends(self, number: int, pause: int) -> None:
        self.shop.wait(pause)
        self.shop.change("subscriptions", number, {}, call="cancel")

    @rule(customer=NUMBERS, amount=AMOUNTS, card=st.sampled_from([CARD, "pm_card_chargeDeclined"]))
    def customer_pays(self, customer: int, amount: int, card: str) -> None:
        who = self.shop.pick("customers", customer)
        payment = {"customer": who, "amount": amount, "currency": "usd", "payment_method": card}
        self.shop.attempt("payment_intents", {**payment, "confirm": True})

    @having("payment_intents")
    @rule(payment=NUMBERS, amount=AMOUNTS, pause=PAUSES)
    def money_goes_back(self, payment: int, amount: int, pause: int) -> None:
        self.shop.wait(pause)
        paid = self.shop.pick("payment_intents", payment)
        self.shop.attempt("refunds", {"payment_intent": paid, "amount": amount})
