"""Why a value of FlexSync's, by the field of a merge, cannot be sent to Stripe; it stays here, and is shown.

The reverse of ``unheld``: columns here are wider than some of Stripe's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from integrations.providers.stripe.translate import invoice_limits, metadata
from integrations.providers.stripe.translate.customers import DEFAULT_METHOD
from integrations.providers.stripe.translate.price_params import LONGEST_LOOKUP_KEY

# See Mergeable.unsendable.
Unsendable = Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]], dict[str, str]]
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

KEEPS_DEFAULT = (
    "FlexSync takes no default away at Stripe, where invoices are charged to it: choose another one, or remove the"
    " saved payment method."
)


def of_metadata(
    changed: Mapping[str, Any], known: Mapping[str, Any], _held: Mapping[str, Any]
) -> dict[str, str]:
    """Keys that find no room (page "Metadata")."""
    return metadata.without_room(changed, known)


def of_invoice(
    changed: Mapping[str, Any], known: Mapping[str, Any], held: Mapping[str, Any]
) -> dict[str, str]:
    """Texts that are too long, and the due date of one that is collected (page "Update an invoice")."""
    is_collected = held.get("collection_method") == "charge_automatically"
    due_date = {"due_date": DUE_WHEN_COLLECTED} if is_collected and changed.get("due_date") else {}
    return due_date | _OF_INVOICE_TEXTS(changed, known, held)


def _texts(longest: Mapping[str, int]) -> Unsendable:
    """``longest``: how many characters Stripe takes, by field, where a column here holds more."""

    def unsendable(
        changed: Mapping[str, Any], known: Mapping[str, Any], held: Mapping[str, Any]
    ) -> dict[str, str]:
        lengths = {name: len(changed[name] or "") for name in longest.keys() & changed.keys()}
        long = {
            name: TOO_LONG.format(most=longest[name], length=length)
            for name, length in lengths.items()
            if length > longest[name]
        }
        return long | of_metadata(changed, known, held)

    return unsendable


def of_customer(
    changed: Mapping[str, Any], known: Mapping[str, Any], held: Mapping[str, Any]
) -> dict[str, str]:
    """Texts that are too long, and what is never emptied there (page "Update a customer")."""
    kept = {name: why for name, why in _NEVER_EMPTIED.items() if known.get(name) and not changed.get(name, 1)}
    return _OF_CUSTOMER_TEXTS(changed, known, held) | kept


_NEVER_EMPTIED = {"preferred_locales": NO_WAY_TO_CLEAR, DEFAULT_METHOD: KEEPS_DEFAULT}
# Pages "Update a customer", "Update a price" and "Update an invoice" (docs/simulator/lengths.md).
_OF_CUSTOMER_TEXTS = _texts({"name": 256, "phone": 20})
OF_PRICE = _texts({"lookup_key": LONGEST_LOOKUP_KEY})
_OF_INVOICE_TEXTS = _texts(invoice_limits.LONGEST)
