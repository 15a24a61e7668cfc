"""Customers: billing's facts to Stripe's parameters, and Stripe's customer to billing's changes."""

import re
from typing import Any

from billing import money
from billing.facts import CustomerFacts
from integrations.providers.stripe.translate import metadata, tax_ids
from integrations.providers.stripe.translate.fields import Json, read_object, text_of, unreadable

_LOCALE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_TEXTS = {"name": 255, "email": 512, "phone": 50}
_ADDRESS = {
    "line1": ("address_line1", 255),
    "line2": ("address_line2", 255),
    "city": ("address_city", 255),
    "state": ("address_state", 255),
    "postal_code": ("address_postal_code", 50),
    "country": ("address_country", 2),
}


def changed_default_method(event: Json) -> bool:
    """Whether the default payment method changed (page "The Event object", previous_attributes)."""
    before = read_object(event["data"], "previous_attributes")
    return "default_payment_method" in read_object(before, "invoice_settings")


def create_params(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, Any]:
    """The parameters of POST /v1/customers; what is empty here is left out."""
    params: dict[str, Any] = {name: getattr(facts, name) for name in _TEXTS if getattr(facts, name)}
    address = {name: getattr(facts, field) for name, (field, _) in _ADDRESS.items() if getattr(facts, field)}
    if address:
        params["address"] = address
    if facts.tax_ids:
        params |= {"tax_id_data": [tax_ids.params(one) for one in facts.tax_ids], "expand": ["tax_ids"]}
    return params | _locales(facts) | {"metadata": _metadata(facts, customer_id, environment_id)}


def update_params(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, Any]:
    """The parameters of POST /v1/customers/{id}: all fields, because an empty text is how Stripe clears one.

    Only the locale has no way to be cleared. Tax ids have calls of their own.
    """
    params: dict[str, Any] = {name: getattr(facts, name) for name in _TEXTS}
    address = {name: getattr(facts, field) for name, (field, _) in _ADDRESS.items()}
    params["address"] = address if any(address.values()) else ""
    return params | _locales(facts) | {"metadata": _metadata(facts, customer_id, environment_id)}


def current_params(customer: Json, desired: Json) -> dict[str, Any]:
    """Stripe's customer with the fields of ``desired``, of ``update_params``: equal when nothing differs."""
    address = {name: (customer.get("address") or {}).get(name) or "" for name in _ADDRESS}
    known = metadata.of(customer)
    current: dict[str, Any] = {name: customer.get(name) or "" for name in _TEXTS}
    current["address"] = address if any(address.values()) else ""
    if "preferred_locales" in desired:
        current["preferred_locales"] = list(customer.get("preferred_locales") or [])
    current["metadata"] = {name: known[name] for name in desired["metadata"] if name in known}
    return current


def changes(customer: Json) -> dict[str, Any]:
    """What Stripe's customer says, by the names of CustomerFacts; every field at Stripe may be null."""
    found: dict[str, Any] = {name: text_of(customer, name, longest) for name, longest in _TEXTS.items()}
    address = read_object(customer, "address")
    for name, (field, longest) in _ADDRESS.items():
        found[field] = text_of(address, name, longest)
    # Stripe takes any text as a country; here only a code is one.
    if len(found["address_country"]) != 2 or len(str(address.get("country"))) != 2:
        found["address_country"] = ""
    currency = text_of(customer, "currency").upper()
    if currency in money.EXPONENTS:
        found["currency"] = currency
    # None in the events of accounts whose API version has no such field.
    locales = customer.get("preferred_locales")
    if locales is not None and not _are_texts(locales):
        raise unreadable(customer, "preferred_locales", "a list of texts")
    if locales is not None:
        # Stripe takes any text here too.
        found["preferred_locale"] = next((one for one in locales if _LOCALE.fullmatch(one)), "")
    found["metadata"] = metadata.custom(customer)
    external_id = metadata.of(customer).get(metadata.EXTERNAL_ID)
    if external_id:
        found["external_id"] = external_id[:255]
    return found


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(one, str) for one in values)


def _locales(facts: CustomerFacts) -> dict[str, Any]:
    return {"preferred_locales": [facts.preferred_locale]} if facts.preferred_locale else {}


def _metadata(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, str]:
    reserved = {
        metadata.CUSTOMER_ID: customer_id,
        metadata.ENVIRONMENT: environment_id,
        metadata.EXTERNAL_ID: facts.external_id,
    }
    return metadata.merged(reserved, facts.metadata)
