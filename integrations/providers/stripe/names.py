"""What an event names: objects of Stripe's by the prefixes of their ids, and rows of ours by its object's metadata."""

import re
from collections.abc import Iterator
from typing import Any

from billing.events import Kind
from integrations.provider_api import Json, Names
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
        provider_ids=frozenset(text for text in _texts(event) if _ID.fullmatch(text)),
        entity_ids={kind: said[name] for name, kind in _OURS.items() if said.get(name)},
        external_id=said.get(metadata.EXTERNAL_ID) or "",
    )


def _texts(told: Any) -> Iterator[str]:
    """Every text in it that may be an id, however deep."""
    todo = [told]
    while todo:
        one = todo.pop()
        # By exact type: JSON has no others, and most of what an event says is neither.
        for value in one.values() if type(one) is dict else one:
            kind = type(value)
            if kind is str:
                if "_" in value[:6]:
                    yield value
            elif value and (kind is dict or kind is list):
                todo.append(value)
