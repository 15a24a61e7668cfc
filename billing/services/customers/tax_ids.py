"""Refuses invalid languages and tax ids, and stores tax ids as JSON."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from billing.errors import Invalid
from billing.facts import TaxIdFacts
from billing.services import json_input
from billing.texts import is_storable

MOST, LONGEST_VALUE = 20, 100
LIKE = '[{"type": "eu_vat", "value": "DE123456789"}]'
_TYPE = re.compile("[a-z]{2,10}(_[a-z0-9]{1,10}){1,3}")
# BCP 47, as far as it is used: a language, then a script, a region or a variant.
_LOCALE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def check_locale(locale: str) -> None:
    """Raises Invalid for a text that is not a language tag."""
    if locale and not _LOCALE.fullmatch(locale):
        raise Invalid.of({"preferred_locale": "Send a language tag such as fr or pt-BR."})


def check_tax_ids(tax_ids: Sequence[TaxIdFacts]) -> None:
    """Raises Invalid for too many tax ids, for duplicates, and for invalid ones."""
    if len(tax_ids) > MOST:
        raise Invalid.of({"tax_ids": f"Send at most {MOST} of them."})
    if len(set(tax_ids)) != len(tax_ids):
        raise Invalid.of({"tax_ids": "Send each tax id only once."})
    for index, one in enumerate(tax_ids):
        if not _TYPE.fullmatch(one.type):
            raise Invalid.of({f"tax_ids[{index}].type": "Send a kind of tax id such as eu_vat or us_ein."})
        if not 1 <= len(one.value.strip()) <= LONGEST_VALUE or not is_storable(one.value):
            raise Invalid.of({f"tax_ids[{index}].value": f"Send 1 to {LONGEST_VALUE} characters."})


def parse(value: Any) -> tuple[TaxIdFacts, ...]:
    """Tax ids as callers write them; raises Invalid for what is no list of types and values."""
    found = json_input.read_objects(value, "tax_ids", most=MOST, like=LIKE)
    return tuple(_parsed(one, f"tax_ids[{index}]") for index, one in enumerate(found))


def _parsed(given: Mapping[str, Any], inside: str) -> TaxIdFacts:
    names = ("type", "value")
    json_input.check_names(given, inside, names, names)
    for name in names:
        if not isinstance(given[name], str):
            json_input.refuse(inside, name, "Send text.")
    return TaxIdFacts(given["type"].strip(), given["value"].strip())


def stored(tax_ids: Iterable[TaxIdFacts]) -> list[dict[str, str]]:
    """The tax ids as the column holds them."""
    return [{"type": one.type, "value": one.value} for one in tax_ids]


def read(column: Iterable[dict[str, str]]) -> tuple[TaxIdFacts, ...]:
    """The tax ids as facts hold them."""
    return tuple(TaxIdFacts(one["type"], one["value"]) for one in column)
