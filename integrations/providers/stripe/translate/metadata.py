"""Metadata: the names that FlexSync writes on Stripe's objects, and Stripe's limits (page "Metadata")."""

from collections.abc import Mapping
from typing import Any

from billing import texts
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import Json, read_object, unreadable

# The same names as FlexPrice writes, so that each system recognises objects that the other made.
CUSTOMER_ID = "flexprice_customer_id"
ENVIRONMENT = "flexprice_environment"
EXTERNAL_ID = "external_id"
INVOICE_ID = "flexprice_invoice_id"
INVOICE_NUMBER = "flexprice_invoice_number"
SUBSCRIPTION_ID = "flexprice_subscription_id"
PLAN_ID = "flexprice_plan_id"
LINE_ITEM_ID = "flexprice_line_item_id"
PRICE_ID = "flexprice_price_id"
PAYMENT_ID = "flexprice_payment_id"
REFUND_ID = "flexprice_refund_id"
CREDIT_NOTE_ID = "flexprice_credit_note_id"
# The total refunded of a payment so far, this refund included (minor units).
REFUNDED = "flexprice_refunded"
# On a setup intent: "true" makes the saved method the customer's default.
SET_DEFAULT = "flexprice_set_default"
SOURCE = "sync_source"
SOURCE_IS_FLEXSYNC = {SOURCE: "flexprice"}

MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500


def of(stripe_object: Json) -> dict[str, str]:
    """An object's metadata, {} when it has none; raises Untranslatable where a value is no text."""
    found = dict(read_object(stripe_object, "metadata"))
    for name, value in found.items():
        if not isinstance(value, str):
            raise unreadable({**found, "object": "metadata", "id": ""}, name, "text, which all metadata is")
    return found


def custom(stripe_object: Json) -> dict[str, str]:
    """An object's metadata without the names that FlexSync reserves for itself, and without what PostgreSQL
    cannot store.
    """
    return {
        name: value
        for name, value in of(stripe_object).items()
        if not _is_reserved(name) and texts.is_whole(name + value)
    }


def merged(reserved: Mapping[str, str], custom: Mapping[str, str] | None = None) -> dict[str, str]:
    """FlexSync's ``reserved`` values (empty ones left out) over the integrator's ``custom`` metadata.

    Raises Untranslatable over a limit, and never cuts: a shortened value would be read back as the truth.
    """
    known = {name: value for name, value in (custom or {}).items() if not _is_reserved(name)}
    whole = known | {name: value for name, value in reserved.items() if value}
    if len(whole) > MOST_KEYS:
        raise Untranslatable(
            f"Stripe takes at most {MOST_KEYS} metadata keys, but this object has {len(whole)}: remove some."
        )
    for name, value in whole.items():
        _check(name, value)
    return whole


def is_mark(name: str) -> bool:
    """Whether FlexSync alone writes it, to know its objects again."""
    return name.startswith("flexprice_") or name == SOURCE


def is_mark_field(field: str) -> bool:
    """Whether the field ("metadata.<key>") is a key that FlexSync reserves for itself."""
    name = field.removeprefix("metadata.")
    return name != field and is_mark(name)


def in_room(changes: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` by field, without FlexSync's own marks where Stripe's object has no room for them.

    They are never sent for their own sake.
    """
    others = {field: value for field, value in changes.items() if not is_mark_field(field)}
    keys = {field for field in {**known, **changes} if field.startswith("metadata.")}
    left = {field for field in keys if changes.get(field, known.get(field)) is not None}
    return dict(changes) if others and len(left) <= MOST_KEYS else others


def _is_reserved(name: str) -> bool:
    return is_mark(name) or name == EXTERNAL_ID


def _check(name: str, value: str) -> None:
    if not name or len(name) > LONGEST_KEY or "[" in name or "]" in name:
        raise Untranslatable(
            f"Stripe refuses the metadata key {name!r}: use 1 to {LONGEST_KEY} characters without brackets."
        )
    if len(str(value)) > LONGEST_VALUE:
        raise Untranslatable(
            f"Stripe takes at most {LONGEST_VALUE} characters per metadata value, but {name!r} has"
            f" {len(str(value))}: shorten it."
        )
