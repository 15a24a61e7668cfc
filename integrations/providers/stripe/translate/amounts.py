"""Reads amounts of Stripe's objects, in billing's major units; a wrong one is named with its field."""

from decimal import Decimal

from billing import money
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import (
    Json,
    read_decimal,
    read_whole,
    text_of,
    unreadable,
)
from integrations.providers.stripe.translate.money import from_minor, unit_from_minor


def read_currency(stripe_object: Json) -> str:
    """The object's ``currency`` in upper case; raises Untranslatable where it is none."""
    code = text_of(stripe_object, "currency").upper()
    if code not in money.EXPONENTS:
        raise unreadable(stripe_object, "currency", "a currency that FlexSync knows")
    return code


def read_amount(stripe_object: Json, name: str, currency: str, default: int | None = None) -> Decimal:
    """An amount in major units; ``default`` (minor units) where it is null or missing, if one is given."""
    minor = read_whole(stripe_object, name, default)
    try:
        return from_minor(minor, currency)
    except Untranslatable as error:
        raise Untranslatable(f"{name}: {error}") from None


def read_unit_amount(stripe_object: Json, name: str, currency: str) -> Decimal | None:
    """A unit price in major units: its decimal where Stripe says that, else its integer; None for neither."""
    minor = read_decimal(stripe_object, f"{name}_decimal")
    if minor is None:
        minor = read_decimal(stripe_object, name)
    return None if minor is None else unit_from_minor(minor, currency)
