"""What a person knows Stripe's objects by."""

from billing import money
from integrations.provider_api import Json
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import read_id, text_of
from integrations.providers.stripe.translate.prices import price_facts

_NAMES = ("name", "email", "number", "nickname", "description")


def of_any(stripe_object: Json) -> str:
    """The first that it has of its name, e-mail address, number and the like."""
    return next(filter(None, (text_of(stripe_object, name) for name in _NAMES)), "")


def of_price(price: Json) -> str:
    """Its nickname, and what it asks for."""
    try:
        facts = price_facts(price, "")
    except Untranslatable:
        return of_any(price)
    count = f"{facts.billing_period_count} x " if facts.billing_period_count > 1 else ""
    amount = money.unit_text(facts.unit_amount, facts.currency)
    asked = f"{amount} {facts.currency} {count}{facts.billing_period}"
    return " ".join(filter(None, (of_any(price), "" if facts.tiers else asked)))


def of_subscription(subscription: Json, customer: str = "") -> str:
    """Its description, whose it is, and in which state; ``customer``: by a name, else Stripe's id."""
    whose = f"{customer or read_id(subscription, 'customer')}, {text_of(subscription, 'status')}"
    return " ".join(filter(None, (of_any(subscription), whose)))
