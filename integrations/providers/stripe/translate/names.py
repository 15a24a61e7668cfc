"""What an event names: objects of Stripe's by the prefixes of their ids, and rows of ours by its object's metadata."""

import re
from collections.abc import Iterator
from typing import Any

from billing.events import Kind
from integrations.provider import Json, Names
from integrations.providers.stripe.translate import metadata

# Of what has a twin here: customers, products, prices, subscriptions, invoices, payments.
_ID = re.compile(r"(?:cus|prod|price|plan|sub|in|pi|ch|py)_\w+")
_OURS = {
    metadata.CUSTOMER_ID: Kind.CUSTOMER,
    metadata.PLAN_ID: Kind.PLAN,
    metadata.PRICE_ID: Kind.PRICE,
    metadata.SUBSCRIPTION_ID: Kind.SUBSCRIPTION,
    metadata.INVOICE_ID: Kind.INVOICE,
    metadata.PAYMENT_ID: Kind.PAYMENT,
}


def of(event: Json) -> Names:
    """All that is named, however deep."""
    said = metadata.of(event["data"]["object"])
    return Names(
        frozenset(_ids(event)),
        {kind: said[name] for name, kind in _OURS.items() if said.get(name)},
        said.get(metadata.EXTERNAL_ID) or "",
    )


def _ids(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        if _ID.fullmatch(told):
            yield told
    elif isinstance(told, dict):
        for value in told.values():
            yield from _ids(value)
    elif isinstance(told, list):
        for value in told:
            yield from _ids(value)
