"""Why a value of Stripe's, by the field of a merge, is not held here; "" where nothing hinders it."""

from collections.abc import Callable, Mapping
from typing import Any

from billing import countries, texts
from integrations.providers.stripe.translate import customers, metadata

COUNTRY = "FlexSync holds a country by its code of ISO 3166-1, such as DE."
NO_LOCALE = "None of it is a language tag, such as fr or pt-BR."
SECOND_LOCALE = "FlexSync holds one locale: the first that is a language tag."
CHARACTERS = "It has a character that cannot be stored: NUL, or half of a surrogate pair."
NO_PAIR = (
    f"FlexSync has no such pair since the two were linked, or no room for it: it holds {texts.MOST_PAIRS}."
)
Reason = Callable[[Any], str]


def reasons(special: Mapping[str, Reason]) -> Callable[[str, Any], str]:
    """(field, value) -> why; all fields but the ``special`` ones are texts, or metadata."""

    def unheld(field: str, value: Any) -> str:
        if value is None or isinstance(value, bool):
            return ""
        default = _of_pair if field.startswith(metadata.INSIDE) else text(texts.LONGEST)
        return special.get(field, default)(value)

    return unheld


def text(longest: int) -> Reason:
    """Of a column of that width, in characters."""

    def reason(value: Any) -> str:
        if len(value) > longest:
            return f"FlexSync holds up to {longest:,} characters of it, and this has {len(value):,}."
        return "" if texts.is_whole(value) else CHARACTERS

    return reason


def _of_pair(value: Any) -> str:
    return NO_PAIR if texts.is_whole(value) else CHARACTERS


def _of_country(value: Any) -> str:
    return COUNTRY if value and countries.code_of(value) is None else ""


def _of_locales(value: Any) -> str:
    if value and customers.locale_of(value) is None:
        return NO_LOCALE
    return SECOND_LOCALE if len(value) > 1 else ""


_LONG_TEXT = text(texts.LONGEST_DESCRIPTION)
OF_CUSTOMER = reasons(
    {
        "email": text(texts.LONGEST_EMAIL),
        "address.country": _of_country,
        "preferred_locales": _of_locales,
        metadata.EXTERNAL_ID_FIELD: text(texts.LONGEST_EXTERNAL_ID),
    }
)
OF_PRODUCT = reasons({"description": _LONG_TEXT})
OF_PRICE = reasons({"lookup_key": text(texts.LONGEST_KEY)})
OF_INVOICE = reasons({"description": _LONG_TEXT, "footer": _LONG_TEXT, "due_date": lambda _seconds: ""})
