"""Amounts: billing's major units to Stripe's minor units and back (page "Supported currencies")."""

from decimal import Decimal

from billing import money
from integrations.providers.stripe.translate.errors import Untranslatable

ZERO_DECIMAL = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
THREE_DECIMAL = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
# Page "The Price object", unit_amount_decimal.
UNIT_DECIMALS = 12
# "Special cases": the page lists UGX among the zero-decimal currencies too, but then says that for backwards
# compatibility 5 UGX is sent as 500, like ISK, and that the decimals must be 00.
WHOLE_AS_HUNDREDTHS = frozenset(("ISK", "UGX"))


def _places(currency: str) -> int:
    """How many decimals Stripe's minor unit of ``currency`` (upper case) stands for."""
    if currency in ZERO_DECIMAL:
        return 0
    if currency in THREE_DECIMAL:
        return 3
    if currency in WHOLE_AS_HUNDREDTHS:
        return 2
    if money.EXPONENTS.get(currency) == 2:
        return 2
    raise Untranslatable(f"Stripe does not support amounts in {currency}: use another currency.")


def is_supported(currency: str) -> bool:
    """Whether amounts in ``currency`` (upper case) can be here and at Stripe."""
    try:
        return _places(currency) >= 0
    except Untranslatable:
        return False


def smallest(currency: str) -> Decimal:
    """The smallest amount (major units) that Stripe charges in ``currency`` (upper case)."""
    return Decimal(_step(currency)).scaleb(-_places(currency))


def _step(currency: str) -> int:
    """What Stripe's amounts in ``currency`` must be divisible by: their last digits have to be 0."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_AS_HUNDREDTHS else 1


def to_minor(amount: Decimal, currency: str) -> int:
    """``amount`` (major units) as Stripe's integer; raises Untranslatable where a digit would be lost."""
    minor = amount.scaleb(_places(currency))
    if minor % _step(currency):
        raise Untranslatable(
            f"{amount} {currency} cannot be sent to Stripe: its smallest step in {currency} is {smallest(currency):f}."
        )
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """Stripe's integer as major units with billing's decimals; ``currency`` may be in lower case."""
    code = currency.upper()
    try:
        return money.exact(unit_from_minor(minor, code), code)
    except money.MoneyError as error:
        raise Untranslatable(
            f"Stripe's amount {minor} {currency} (minor units) cannot be stored here: {error}"
        ) from None


def unit_from_minor(minor: int | Decimal, currency: str) -> Decimal:
    """A unit price, possibly with fractions of a minor unit, in major units."""
    return Decimal(minor).scaleb(-_places(currency.upper()))


def unit_to_minor(amount: Decimal, currency: str) -> Decimal:
    """A unit price (major units) in minor units, with fractions; raises Untranslatable.

    Where the last digits of an amount must be 0, those of a unit price must be 0 too: quantities are whole.
    """
    if _step(currency) > 1:
        return Decimal(to_minor(amount, currency))
    minor = amount.scaleb(_places(currency)).normalize()
    if int(minor.as_tuple().exponent) < -UNIT_DECIMALS:
        raise Untranslatable(
            f"{amount.normalize():f} {currency} cannot be sent to Stripe: a price per unit has at most {UNIT_DECIMALS}"
            f" decimals of its minor unit there."
        )
    return minor
