"""Which object an error says is gone (page "Error codes": resource_missing)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from billing.events import Kind
from integrations.provider_api import Json

if TYPE_CHECKING:
    from stripe import StripeError

_NAMED = re.compile(r"No such ([^:']+): '([^']+)'")
_KINDS: Mapping[str, Kind] = {
    "customer": Kind.CUSTOMER,
    "product": Kind.PLAN,
    "price": Kind.PRICE,
    "plan": Kind.PRICE,
    "subscription": Kind.SUBSCRIPTION,
    "invoice": Kind.INVOICE,
    "payment_intent": Kind.PAYMENT,
    "credit_note": Kind.CREDIT_NOTE,
}
# A key of the other mode, or of another account, finds nothing of what is there.
_ELSEWHERE = "a similar object exists in"
# Page "Update a subscription": one that has ended can never be changed again.
_ENDED = "invalid_canceled_subscription_fields"


def object_id(error: StripeError, params: Json, target: str) -> str:
    """The id of the object, one of those that the call named; "" for other errors, and where it is elsewhere.

    The status is 404 for the object of the call's path, and 400 for one that a parameter names.
    """
    if error.code == _ENDED:
        return target
    message = error.user_message or ""
    found = _NAMED.search(message)
    if error.code != "resource_missing" or found is None or _ELSEWHERE in message:
        return ""
    named = {*target.split("/"), *_texts(params)}
    return found[2] if found[2] in named else ""


def kind(error: StripeError) -> str:
    """Of which kind the error says that there is no such object; "" for one that is no row's counterpart."""
    found = _NAMED.search(error.user_message or "")
    return Kind.SUBSCRIPTION if error.code == _ENDED else kind_of(found[1] if found else "")


def kind_of(noun: str) -> str:
    """The same by what Stripe calls the object."""
    return _KINDS.get(noun.lower().replace(" ", "_"), "")


def _texts(value: Any) -> Iterator[str]:
    """Every text in the parameters."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)
