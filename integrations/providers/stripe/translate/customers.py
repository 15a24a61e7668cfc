"""Customers: billing's facts to Stripe's parameters, and Stripe's customer to billing's changes."""

import re
from collections.abc import Mapping
from typing import Any

from billing import countries, money, texts
from billing.facts import CustomerFacts
from integrations.providers.stripe.translate import metadata, tax_ids
from integrations.providers.stripe.translate.fields import (
    Json,
    read_id,
    read_object,
    text_of,
    text_that_fits,
    unreadable,
)

_LOCALE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_TEXTS = {"name": texts.LONGEST, "email": texts.LONGEST_EMAIL, "phone": texts.LONGEST}
_ADDRESS = {name: f"address_{name}" for name in ("line1", "line2", "city", "state", "postal_code", "country")}

# Its columns here, by field (see Mergeable), and the parts of an address.
COLUMNS = {
    **{name: name for name in _TEXTS},
    **{f"address.{name}": field for name, field in _ADDRESS.items()},
    "preferred_locales": "preferred_locale",
}
ADDRESS_PARTS = tuple(_ADDRESS)
# By its own name among the parameters: Stripe has it inside ``invoice_settings``.
DEFAULT_METHOD = "default_payment_method"
Fields = Mapping[str, Any]


def default_method(customer: Json) -> str:
    """The saved method that the customer's invoices are charged to, "" when there is none."""
    return read_id(read_object(customer, "invoice_settings"), DEFAULT_METHOD)


def call_params(params: Json, _known: Json) -> dict[str, Any]:
    """The parameters of the call, with the default method where Stripe wants it."""
    found = {name: value for name, value in params.items() if name != DEFAULT_METHOD}
    method = (
        {"invoice_settings": {DEFAULT_METHOD: params[DEFAULT_METHOD]}} if DEFAULT_METHOD in params else {}
    )
    return found | method


def create_params(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, Any]:
    """The parameters of POST /v1/customers; what is empty here is left out."""
    params: dict[str, Any] = {name: getattr(facts, name) for name in _TEXTS if getattr(facts, name)}
    address = {name: getattr(facts, field) for name, field in _ADDRESS.items() if getattr(facts, field)}
    if address:
        params["address"] = address
    if facts.tax_ids:
        params |= {"tax_id_data": [tax_ids.params(one) for one in facts.tax_ids], "expand": ["tax_ids"]}
    wanted = _metadata(facts, customer_id, environment_id)
    return params | _locales(facts) | {"metadata": metadata.created(wanted)}


def update_params(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, Any]:
    """The parameters of POST /v1/customers/{id}, all of them: an empty text is how Stripe clears one.

    Tax ids have calls of their own.
    """
    return {
        **{name: getattr(facts, name) for name in _TEXTS},
        "address": {name: getattr(facts, field) for name, field in _ADDRESS.items()},
        "preferred_locales": [facts.preferred_locale] if facts.preferred_locale else [],
        "metadata": _metadata(facts, customer_id, environment_id),
    }


def call_fields(changes: Fields, known: Fields) -> dict[str, Any]:
    """What a call sets for these ``changes``: all of an address, of which Stripe keeps no other part.

    A default method that is not there any more went there.
    """
    found = {name: value for name, value in changes.items() if value or name != DEFAULT_METHOD}
    if any(name.startswith("address.") for name in changes):
        parts = [f"address.{part}" for part in _ADDRESS]
        found |= {name: changes.get(name, known.get(name, "")) for name in parts}
    return metadata.in_room(found, known)


def current_params(customer: Json) -> dict[str, Any]:
    """Stripe's customer by the names of ``update_params``, without what not every API version has."""
    address = customer.get("address") or {}
    current: dict[str, Any] = {name: customer.get(name) or "" for name in _TEXTS}
    current["address"] = {name: address.get(name) or "" for name in _ADDRESS}
    # None in the events of accounts whose API version has no such field.
    if customer.get("preferred_locales") is not None:
        current["preferred_locales"] = list(customer["preferred_locales"])
    if "invoice_settings" in customer:
        current[DEFAULT_METHOD] = default_method(customer)
    return current | {"metadata": metadata.of(customer)}


def is_same(field: str, ours: Any, theirs: Any) -> bool:
    """Whether both sides say the same: an address does, whatever its case, as where two are linked by it."""
    if field == "email" and ours and theirs:
        return texts.folded(ours) == texts.folded(theirs)
    return bool(ours == theirs)


def made(params: Json) -> dict[str, Any]:
    """The same of a customer that was just made with these parameters."""
    empty: dict[str, Any] = {
        **dict.fromkeys(_TEXTS),
        "address": None,
        "preferred_locales": [],
        "invoice_settings": {},
    }
    return current_params({**empty, **params})


def changes(customer: Json) -> dict[str, Any]:
    """What Stripe's customer says, by the names of CustomerFacts, without what cannot be held here.

    That stays Stripe's: such as a country by its name, since Stripe takes any text as a country or a locale
    (page "Update a customer"). Every field may be null there, which is "" here.
    """
    address, known = read_object(customer, "address"), metadata.of(customer)
    found: dict[str, Any] = {name: text_that_fits(customer, name, most) for name, most in _TEXTS.items()}
    found |= {field: text_that_fits(address, name, texts.LONGEST) for name, field in _ADDRESS.items()}
    found |= {
        "address_country": _country(found["address_country"]),
        "currency": _currency(customer),
        "preferred_locale": _locale(customer),
        "external_id": text_that_fits(known, metadata.EXTERNAL_ID, texts.LONGEST_EXTERNAL_ID) or None,
        "metadata": metadata.custom(customer),
    }
    return {name: value for name, value in found.items() if value is not None}


def _country(text: str | None) -> str | None:
    return countries.code_of(text) if text else text


def _currency(customer: Json) -> str | None:
    code = text_of(customer, "currency").upper()
    return code if code in money.EXPONENTS else None


def _locale(customer: Json) -> str | None:
    """The one that is held here. Events of accounts whose API version has no such field say null."""
    locales = customer.get("preferred_locales")
    if locales is None:
        return None
    if not isinstance(locales, list) or not all(isinstance(one, str) for one in locales):
        raise unreadable(customer, "preferred_locales", "a list of texts")
    return locale_of(locales)


def locale_of(locales: list[str]) -> str | None:
    """The first that is one, "" where there is none, None where none is one."""
    return next((one for one in locales if _LOCALE.fullmatch(one)), None if locales else "")


def _locales(facts: CustomerFacts) -> dict[str, Any]:
    return {"preferred_locales": [facts.preferred_locale]} if facts.preferred_locale else {}


def _metadata(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, str]:
    reserved = {
        metadata.CUSTOMER_ID: customer_id,
        metadata.ENVIRONMENT: environment_id,
        metadata.EXTERNAL_ID: facts.external_id,
    }
    return metadata.desired(reserved, facts.metadata)
