"""Why a value of FlexSync's, by the field of a merge, cannot be sent to Stripe; it stays here, and is shown.

The reverse of ``unheld``: columns here are wider than some of Stripe's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from integrations.providers.stripe.translate import invoice_limits, metadata
from integrations.providers.stripe.translate.price_params import LONGEST_LOOKUP_KEY

# (what changed here, what Stripe has) -> why, by field.
Unsendable = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, str]]
TOO_LONG = (
    "Stripe takes up to {most:,} characters of it, and this has {length:,}: shorten it, and it is sent."
)

DUE_WHEN_COLLECTED = (
    "Stripe collects this invoice automatically, and then it has no due date. Let Stripe send it to the customer"
    " instead, and the date is sent."
)

NO_WAY_TO_CLEAR = (
    "Stripe has no way to clear it: choose the locale that the customer is to have, and it is sent."
)


def of_invoice_collected(changed: Mapping[str, Any], invoice: Mapping[str, Any]) -> dict[str, str]:
    """Why a due date cannot be sent of ``invoice``, as it was last seen (page "Update an invoice")."""
    is_collected = invoice.get("collection_method") == "charge_automatically"
    return {"due_date": DUE_WHEN_COLLECTED} if is_collected and changed.get("due_date") else {}


def _texts(longest: Mapping[str, int]) -> Unsendable:
    """``longest``: how many characters Stripe takes, by field, where a column here holds more."""

    def unsendable(changed: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, str]:
        lengths = {name: len(changed[name] or "") for name in longest.keys() & changed.keys()}
        long = {
            name: TOO_LONG.format(most=longest[name], length=length)
            for name, length in lengths.items()
            if length > longest[name]
        }
        return long | metadata.without_room(changed, known)

    return unsendable


def of_customer(changed: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, str]:
    """Texts that are too long, and locales that are empty here (page "Update a customer")."""
    is_cleared = changed.get("preferred_locales") == [] and known.get("preferred_locales")
    return _OF_CUSTOMER_TEXTS(changed, known) | ({"preferred_locales": NO_WAY_TO_CLEAR} if is_cleared else {})


# Pages "Update a customer", "Update a price" and "Update an invoice" (docs/simulator/lengths.md).
_OF_CUSTOMER_TEXTS = _texts({"name": 256, "phone": 20})
OF_PRICE = _texts({"lookup_key": LONGEST_LOOKUP_KEY})
OF_INVOICE = _texts(invoice_limits.LONGEST)
