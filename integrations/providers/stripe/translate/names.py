"""Which objects an event names, by the prefixes of Stripe's ids."""

import re
from collections.abc import Iterator
from typing import Any

# Of what has a twin here: customers, products, prices, subscriptions, invoices, payments.
_ID = re.compile(r"(?:cus|prod|price|plan|sub|in|pi|ch|py)_\w+")


def of(told: Any) -> Iterator[str]:
    """Every id in ``told``, however deep; some more than once."""
    if isinstance(told, str):
        if _ID.fullmatch(told):
            yield told
    elif isinstance(told, dict):
        for value in told.values():
            yield from of(value)
    elif isinstance(told, list):
        for value in told:
            yield from of(value)
