"""Customers: billing's facts to Stripe's parameters, and Stripe's customer to billing's changes."""

from typing import Any

from billing import money
from billing.facts import CustomerFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.shapes import Json, text_of

_TEXTS = {"name": 255, "email": 512, "phone": 50}
_ADDRESS = {
    "line1": ("address_line1", 255),
    "line2": ("address_line2", 255),
    "city": ("address_city", 255),
    "state": ("address_state", 255),
    "postal_code": ("address_postal_code", 50),
    "country": ("address_country", 2),
}


def create_params(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, Any]:
    """The parameters of POST /v1/customers; what is empty here is left out."""
    params: dict[str, Any] = {name: getattr(facts, name) for name in _TEXTS if getattr(facts, name)}
    address = {theirs: getattr(facts, ours) for theirs, (ours, _) in _ADDRESS.items() if getattr(facts, ours)}
    if address:
        params["address"] = address
    params["metadata"] = _metadata(facts, customer_id, environment_id)
    return params


def update_params(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, Any]:
    """The parameters of POST /v1/customers/{id}: all fields, because an empty text is how Stripe clears one."""
    params: dict[str, Any] = {name: getattr(facts, name) for name in _TEXTS}
    address = {theirs: getattr(facts, ours) for theirs, (ours, _) in _ADDRESS.items()}
    params["address"] = address if any(address.values()) else ""
    params["metadata"] = _metadata(facts, customer_id, environment_id)
    return params


def holds(customer: Json, params: Json) -> bool:
    """Whether Stripe's customer is as ``params`` of ``update_params`` want it."""
    address = customer.get("address") or {}
    wanted_address = params["address"] or dict.fromkeys(_ADDRESS, "")
    known = metadata.of(customer)
    return (
        all((customer.get(name) or "") == params[name] for name in _TEXTS)
        and all((address.get(name) or "") == value for name, value in wanted_address.items())
        and all(known.get(name) == value for name, value in params["metadata"].items())
    )


def changes(customer: Json) -> dict[str, Any]:
    """What Stripe's customer asserts, by the names of CustomerFacts; every field of theirs may be null."""
    found: dict[str, Any] = {name: text_of(customer, name, longest) for name, longest in _TEXTS.items()}
    address = customer.get("address") or {}
    for theirs, (ours, longest) in _ADDRESS.items():
        found[ours] = text_of(address, theirs, longest)
    # Stripe takes any text as a country; only a code means the same here.
    if len(str(address.get("country") or "")) != 2:
        found["address_country"] = ""
    currency = str(customer.get("currency") or "").upper()
    if currency in money.EXPONENTS:
        found["currency"] = currency
    found["metadata"] = metadata.not_ours(customer)
    external_id = metadata.of(customer).get(metadata.EXTERNAL_ID)
    if external_id:
        found["external_id"] = external_id[:255]
    return found


def _metadata(facts: CustomerFacts, customer_id: str, environment_id: str) -> dict[str, str]:
    ours = {
        metadata.CUSTOMER_ID: customer_id,
        metadata.ENVIRONMENT: environment_id,
        metadata.EXTERNAL_ID: facts.external_id,
    }
    return metadata.fitted(ours, facts.metadata)
