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
# On a customer here: which of Stripe's it is.
GIVEN = "stripe_customer_id"
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
NO_ROOM = (
    f"Stripe holds {MOST_KEYS} metadata keys, and its object has as many already: remove another one, here or there,"
    " and the next sync sends it."
)
# How the fields of a merge name its keys.
INSIDE = "metadata."
EXTERNAL_ID_FIELD = f"{INSIDE}{EXTERNAL_ID}"
Fields = Mapping[str, Any]


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
    whole = desired(reserved, custom or {})
    if len(whole) > MOST_KEYS:
        raise _too_many(len(whole))
    for name, value in whole.items():
        _check(name, value)
    return whole


def desired(reserved: Mapping[str, str], custom: Mapping[str, str]) -> dict[str, str]:
    """The same without regard to limits: what an object that both sides edit would have, given room."""
    known = {name: value for name, value in custom.items() if not _is_reserved(name)}
    return known | {name: value for name, value in reserved.items() if value}


def created(desired: Mapping[str, str]) -> dict[str, str]:
    """What of it a new object gets: FlexSync's own names, from the last, give way where there is no room."""
    own = [name for name in desired if _is_reserved(name)]
    left_out = own[max(len(own) - max(len(desired) - MOST_KEYS, 0), 0) :]
    return {name: value for name, value in desired.items() if name not in left_out}


def is_mark(name: str) -> bool:
    """Whether FlexSync alone writes it, to know its objects again."""
    return name.startswith("flexprice_") or name == SOURCE


def is_mark_field(field: str) -> bool:
    """Whether the field ("metadata.<key>") is a key that FlexSync reserves for itself."""
    return field.startswith(INSIDE) and is_mark(field.removeprefix(INSIDE))


def in_room(changes: Fields, known: Fields) -> dict[str, Any]:
    """``changes`` by field, without FlexSync's own names where Stripe's object has no room for them.

    Own names that it has already make room for others, from the last. Its marks are never sent for their own
    sake. See ``without_room`` for what may be among the changes.
    """
    others = {field: value for field, value in changes.items() if not is_mark_field(field)}
    custom = {field: value for field, value in others.items() if field != EXTERNAL_ID_FIELD}
    for found in (dict(changes) if others else {}, others, custom):
        if _adds_within_room(found, known):
            return found
    own = [field for field, value in known.items() if _is_own_field(field) and value is not None]
    return custom | dict.fromkeys(own[max(len(own) - _count(custom, known) + MOST_KEYS, 0) :])


def without_room(changes: Fields, known: Fields) -> dict[str, str]:
    """The keys among ``changes`` that Stripe's object cannot get, and why, by field.

    Those come first that it has already, then those that are new by their names.
    """
    custom = {field: value for field, value in changes.items() if _is_custom_field(field)}
    kept = {field for field, value in known.items() if _is_custom_field(field) and value is not None}
    kept -= {field for field, value in custom.items() if value is None}
    wanted = {field: value for field, value in custom.items() if value is not None}
    refused = {field: why for field, value in wanted.items() if (why := _refusal(field, value))}
    added = sorted(wanted.keys() - kept - refused.keys())
    left_out = added[max(MOST_KEYS - len(kept), 0) :]
    if changes.get(EXTERNAL_ID_FIELD) is not None and known.get(EXTERNAL_ID_FIELD) is None:
        marks = [field for field, value in (known or changes).items() if is_mark_field(field) and value]
        left_out += [EXTERNAL_ID_FIELD] * (len(kept) + len(added) + len(marks) >= MOST_KEYS)
    return refused | dict.fromkeys(left_out, NO_ROOM)


def _refusal(field: str, value: Any) -> str:
    try:
        _check(field.removeprefix(INSIDE), value)
    except Untranslatable as refusal:
        return str(refusal)
    return ""


def _is_own_field(field: str) -> bool:
    return is_mark_field(field) or field == EXTERNAL_ID_FIELD


def _is_custom_field(field: str) -> bool:
    return field.startswith(INSIDE) and not _is_own_field(field)


def _adds_within_room(changes: Fields, known: Fields) -> bool:
    """Whether no key is added, or there is room for all."""
    added = {field for field, value in changes.items() if field.startswith(INSIDE) and value is not None}
    return added <= known.keys() or _count(changes, known) <= MOST_KEYS


def _count(changes: Fields, known: Fields) -> int:
    after = {**known, **changes}
    return sum(field.startswith(INSIDE) and value is not None for field, value in after.items())


def _too_many(count: int) -> Untranslatable:
    return Untranslatable(
        f"Stripe takes at most {MOST_KEYS} metadata keys, but this object has {count}: remove some."
    )


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
