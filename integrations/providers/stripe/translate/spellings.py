"""Stripe's objects, of any API version, in the spelling of the pinned one: nothing else is read behind it.

Endpoints of versions before 2025-03-31 are sent old and new names side by side: the new one is taken where
it is there, and the old one is dropped (Stripe's changelog, page by page in each module of older_spellings).
"""

from collections.abc import Callable
from types import MappingProxyType

from integrations.providers.stripe.translate.fields import Json
from integrations.providers.stripe.translate.older_spellings import (
    charges,
    credit_notes,
    invoices,
    payment_intents,
    prices,
    subscriptions,
)
from integrations.providers.stripe.translate.older_spellings.renaming import fill, without


def _customer(customer: Json) -> Json:
    """A customer: the balance was the account's (until 2019-10-17)."""
    if "account_balance" not in customer:
        return customer
    return fill(without(customer, ("account_balance",)), {"balance": customer["account_balance"]})


_BY_OBJECT: MappingProxyType[str, Callable[[Json], Json]] = MappingProxyType(
    {
        "charge": charges.charge,
        "credit_note": credit_notes.current,
        "customer": _customer,
        "dispute": charges.dispute,
        "invoice": invoices.current,
        "payment_intent": payment_intents.current,
        "plan": prices.current,
        "price": prices.current,
        "refund": charges.refund,
        "subscription": subscriptions.current,
    }
)


def current(stripe_object: Json) -> Json:
    """The object in the pinned version's spelling; itself where nothing is old, and never changed in place.

    Raises Untranslatable where a field that it reads holds something else than Stripe sends.
    """
    spell = _BY_OBJECT.get(str(stripe_object.get("object")))
    return spell(stripe_object) if spell else stripe_object


def of_event(event: Json) -> Json:
    """The event with its object in that spelling; what has no object is returned as it is."""
    data = event.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("object"), dict):
        return event
    stripe_object = data["object"]
    found = current(stripe_object)
    return event if found is stripe_object else {**event, "data": {**data, "object": found}}
