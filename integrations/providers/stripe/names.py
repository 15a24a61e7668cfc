"""What an event names: Stripe's objects by their ids' prefixes, and rows here by its object's metadata."""

import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from billing.events import Kind
from integrations.provider_api import Json, Names
from integrations.providers.stripe.handlers import echoes
from integrations.providers.stripe.translate import metadata

# Characters of any of Stripe's ids (page "Upgrades"), which are those of the columns.
LONGEST_ID = 255
# The kinds that have a counterpart here: customers, products, prices, subscriptions, invoices, payments,
# credit notes.
_ID = re.compile(r"(?:cus|prod|price|plan|sub|in|pi|ch|py|cn)_\w{1,250}", re.ASCII)
_KINDS = {
    metadata.CUSTOMER_ID: Kind.CUSTOMER,
    metadata.PLAN_ID: Kind.PLAN,
    metadata.PRICE_ID: Kind.PRICE,
    metadata.SUBSCRIPTION_ID: Kind.SUBSCRIPTION,
    metadata.INVOICE_ID: Kind.INVOICE,
    metadata.PAYMENT_ID: Kind.PAYMENT,
    metadata.CREDIT_NOTE_ID: Kind.CREDIT_NOTE,
}


def of(event: Json) -> Names:
    """All that the event names, however deep; what is odd is the handler's to judge."""
    known = event["data"]["object"].get("metadata")
    known = known if isinstance(known, dict) else {}
    return Names(
        provider_ids=frozenset(text for text in _texts(event) if _ID.fullmatch(text)),
        entity_ids={kind: text for name, kind in _KINDS.items() if (text := _text(known.get(name)))},
        external_id=_text(known.get(metadata.EXTERNAL_ID)),
        own_key=echoes.key_of_call(event),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(event: Any) -> Iterator[str]:
    """Every text in the event that may be an id, however deep."""
    todo = [event]
    while todo:
        container = todo.pop()
        # Compares exact types, which is faster: stored JSON has dictionaries, the SDK's answers ordered ones.
        for value in container if type(container) is list else container.values():
            kind = type(value)
            if kind is str:
                if "_" in value[:6]:
                    yield value
            elif value and (kind is dict or kind is list or kind is OrderedDict):
                todo.append(value)
