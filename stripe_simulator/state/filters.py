"""The attributes that lists are filtered by and that are indexed: those that tell few objects from many."""

from typing import Any

Object = dict[str, Any]
Entry = tuple[str, str]

# A path leads into an attribute: `payment.payment_intent`.
INDEXED: dict[str, tuple[str, ...]] = {
    "balance_transaction": ("source", "type"),
    "charge": ("customer", "payment_intent"),
    "checkout.session": ("customer", "payment_intent", "status", "subscription"),
    "credit_note": ("customer", "invoice"),
    "customer": ("email",),
    "customer_balance_transaction": ("customer", "invoice"),
    "dispute": ("charge", "payment_intent"),
    "event": ("type",),
    "invoice": ("customer", "parent.subscription_details.subscription", "status"),
    "invoice_payment": ("invoice", "payment.payment_intent", "payment.payment_record", "status"),
    "invoiceitem": ("customer", "invoice"),
    "payment_intent": ("customer",),
    "payment_method": ("customer",),
    "price": ("lookup_key", "product"),
    "promotion_code": ("customer", "promotion.coupon"),
    "refund": ("charge", "payment_intent"),
    "setup_intent": ("customer", "payment_method"),
    "subscription": ("customer", "status"),
    "tax_id": ("customer",),
}


def entries_of(object: Object) -> tuple[Entry, ...]:
    """Return the path and value of each indexed attribute that an object has."""
    paths = INDEXED.get(object["object"], ())
    found = ((path, _value(object, path)) for path in paths)
    return tuple((path, value) for path, value in found if isinstance(value, str))


def _value(object: Object, path: str) -> Any:
    value: Any = object
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
