"""Metadata: the names that FlexSync writes on Stripe's objects, and Stripe's limits (page "Metadata")."""

from collections.abc import Mapping

from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.shapes import Json

# Kept compatible with what FlexPrice writes, so that objects made by either are recognised by both.
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
# What has gone back of a payment in all, with this refund (minor units).
REFUNDED = "flexprice_refunded"
# On a setup intent: "true" asks that the method which it saves becomes the customer's default.
SET_DEFAULT = "flexprice_set_default"
SOURCE = "sync_source"
SOURCE_IS_OURS = {SOURCE: "flexprice"}

MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500


def of(theirs: Json) -> dict[str, str]:
    """An object's metadata, {} when it has none."""
    return dict(theirs.get("metadata") or {})


def not_ours(theirs: Json) -> dict[str, str]:
    """An object's metadata without the names that FlexSync writes."""
    return {name: value for name, value in of(theirs).items() if not _is_ours(name)}


def fitted(ours: Mapping[str, str], theirs: Mapping[str, str] | None = None) -> dict[str, str]:
    """``ours`` (empty values left out) over the integrator's own metadata; raises Untranslatable over a limit.

    Refused rather than cut: a shortened value would be read back as the truth.
    """
    own = {name: value for name, value in (theirs or {}).items() if not _is_ours(name)}
    whole = own | {name: value for name, value in ours.items() if value}
    if len(whole) > MOST_KEYS:
        raise Untranslatable(
            f"Stripe holds {MOST_KEYS} metadata keys, and this has {len(whole)}: remove some."
        )
    for name, value in whole.items():
        _check(name, value)
    return whole


def _is_ours(name: str) -> bool:
    return name.startswith("flexprice_") or name in (SOURCE, EXTERNAL_ID)


def _check(name: str, value: str) -> None:
    if not name or len(name) > LONGEST_KEY or "[" in name or "]" in name:
        raise Untranslatable(
            f"Stripe refuses the metadata key {name!r}: use 1 to {LONGEST_KEY} characters without brackets."
        )
    if len(str(value)) > LONGEST_VALUE:
        raise Untranslatable(
            f"Stripe holds {LONGEST_VALUE} characters per metadata value, and {name!r} has {len(str(value))}."
        )
