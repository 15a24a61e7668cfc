"""Every currency, its exponent and how amounts are rounded: nothing else rounds."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

# ISO 4217 active codes by number of decimals (table A.1 of the maintenance agency, six.com/iso-4217); in the
# last line those that it has withdrawn (table A.3), which invoices of past years are in.
_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF"
        " CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF"
        " IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR"
        " MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD"
        " SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR"
        " XCG ZMW ZWG"
        " EEK HRK LTL LVL MRO SLL STD VEF"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
}
EXPONENTS: dict[str, int] = {
    code: exponent for exponent, codes in _BY_EXPONENT.items() for code in codes.split()
}
CURRENCIES = sorted(EXPONENTS)
# Columns: amounts hold any currency exactly; unit amounts hold 12 decimals of its minor unit, as gateways do.
AMOUNT_DIGITS, AMOUNT_PLACES = 18, 3
UNIT_DIGITS, UNIT_PLACES = 27, 15
QUANTITY_DIGITS, QUANTITY_PLACES = 24, 12

# Wide enough that a product of the longest quantity and unit amount is exact before it is rounded.
_WIDE = Context(prec=80)


NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_LONG_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
NO_NUMBER = 'Send a number as text, such as "12.50".'
TOO_MANY_DIGITS = "Send at most 15 digits before the decimal point and 15 after it."


class MoneyError(ValueError):
    """An amount or a currency that cannot be money; the message says what to send instead."""


def number_of(given: object) -> Decimal:
    """An exact number that was written as text or as an integer; raises MoneyError for any other value."""
    if isinstance(given, float):
        raise MoneyError('Send it as text, such as "12.50": a JSON number with decimals is not exact.')
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise MoneyError(NO_NUMBER)
    text = str(given)
    if not NUMBER.fullmatch(text):
        raise MoneyError(TOO_MANY_DIGITS if _LONG_NUMBER.fullmatch(text) else NO_NUMBER)
    return Decimal(given)


def exponent(currency: str) -> int:
    """How many decimals ``currency`` (ISO 4217, upper case) has; raises MoneyError when it is unknown."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise MoneyError(
            f"{currency!r} is not a currency. Send a three-letter ISO 4217 code such as USD."
        ) from None


def quantum(currency: str) -> Decimal:
    """The smallest amount in major units: 0.01 for USD, 1 for JPY, 0.001 for KWD."""
    return Decimal(1).scaleb(-exponent(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """``amount`` (major units) rounded half up to the currency's decimals: done once, at the line."""
    return _fitted(amount, currency)


def line_amount(quantity: Decimal, unit_amount: Decimal, currency: str) -> Decimal:
    """quantity x unit_amount (major units), rounded once; raises MoneyError when no column could hold it."""
    return _fitted(_WIDE.multiply(quantity, unit_amount), currency)


def share(amount: Decimal, percentage: Decimal, currency: str) -> Decimal:
    """``percentage`` percent of ``amount`` (major units), rounded once."""
    return _fitted(_WIDE.divide(_WIDE.multiply(amount, percentage), Decimal(100)), currency)


def exact(amount: Decimal, currency: str) -> Decimal:
    """``amount`` (major units) with the currency's decimals; raises MoneyError where digits would be lost."""
    fitted = _fitted(amount, currency)
    if fitted != amount:
        raise MoneyError(
            f"{amount} has more decimals than {currency} allows: send at most {exponent(currency)}."
        )
    return fitted


def text(amount: Decimal, currency: str) -> str:
    """How the API writes an amount (major units): ``12.50`` in USD, ``1250`` in JPY."""
    return f"{rounded(amount, currency):f}"


def with_currency(amount: Decimal, currency: str) -> str:
    """How people read an amount (major units): "12.50 USD"."""
    return f"{text(amount, currency)} {currency}"


def unit_text(amount: Decimal, currency: str) -> str:
    """How the API writes a price per unit (major units): ``19.90`` or ``0.0005`` in USD, ``12`` or ``0.5`` in
    JPY.
    """
    trimmed = amount.normalize()
    places = trimmed.as_tuple().exponent
    decimals = max(exponent(currency), -places if isinstance(places, int) else 0)
    return f"{trimmed:.{decimals}f}"


def _fitted(amount: Decimal, currency: str) -> Decimal:
    """``amount`` with the currency's decimals; raises MoneyError for what no column can hold."""
    smallest = quantum(currency)
    if not amount.is_finite():
        raise MoneyError(f"{amount} is not an amount.")
    try:
        fitted = amount.quantize(smallest, ROUND_HALF_UP, _WIDE)
    except InvalidOperation:
        raise MoneyError(f"{amount} is not an amount that can be stored.") from None
    if fitted.adjusted() >= AMOUNT_DIGITS - AMOUNT_PLACES:
        raise MoneyError(f"{amount} is too large: send at most {AMOUNT_DIGITS - AMOUNT_PLACES} digits.")
    return fitted
