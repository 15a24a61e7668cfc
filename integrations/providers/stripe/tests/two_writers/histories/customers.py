"""Customers, as the two persons edit them."""

from collections.abc import Mapping
from typing import Any

from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.services.customers import customers
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.two_writers.histories.fields import (
    INSIDE,
    UNHELD,
    Field,
    Values,
    metadata,
)
from integrations.providers.stripe.tests.two_writers.histories.kind import EditedKind, merged, shown

ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")
# What no country is, and what is one by its name only.
NO_COUNTRIES = ("Atlantis", "United Kingdom")
TEXTS = ("name", "email", "phone")
# With FlexSync's own keys and those that are edited, Stripe's limit of 50.
OTHERS = 46


def _held_country(value: str) -> Any:
    return UNHELD if value in NO_COUNTRIES else value


class Customers(EditedKind):
    """Customers. Stripe replaces an address as a whole, and has no way to clear the locales."""

    kind, resource, mark = Kind.CUSTOMER, "customers", "flexprice_customer_id"
    fields = (
        Field("name", ("Ada", "Łukasz " * 30, ""), ("Grace", "n" * 256, "")),
        Field("email", ("here@example.com", "ada@example.com", ""), ("there@example.com", "")),
        Field("phone", ("+1555", ""), ("+4930", "+33", "")),
        Field("address.line1", ("Here Street", ""), ("There Street", "x" * 300, "")),
        Field("address.city", ("Rome", ""), ("Wien", "Oslo", "")),
        Field("address.postal_code", ("00100",), ("1010", "")),
        Field("address.country", ("FR", "US", ""), ("GB", "IT", "", *NO_COUNTRIES), held=_held_country),
        Field(
            "preferred_locales",
            ("en", "it"),
            (["de"], ["fr", "de"], ["pt-BR"]),
            held=lambda locales: locales[0] if locales else "",
            spelled=lambda locale: [locale] if locale else [],
        ),
        *metadata("color", "size"),
    )

    def create_here(self, environment_id: str) -> str:
        facts = CustomerFacts(name="First", email="first@example.com", metadata={"color": "red"})
        return customers.create(environment_id=environment_id, facts=facts).pk

    def create_there(self, account: Account) -> str:
        others = {f"other{number}": f"v{number}" for number in range(OTHERS)}
        params = {
            "name": "First",
            "address": {"line1": "First Street"},
            "metadata": {"color": "red", **others},
        }
        return account.stripe.v1.customers.create(params).id

    def edit_here(self, environment_id: str, entity_id: str, values: Values) -> None:
        columns = {_column(name): value for name, value in values.items() if not name.startswith(INSIDE)}
        columns["metadata"] = merged(Customer.objects.get(pk=entity_id).metadata, values)
        customers.update(environment_id=environment_id, customer_id=entity_id, changes=columns)

    def params(self, values: Values, current: Values) -> dict[str, Any]:
        both = {**current, **values}
        address = {part: both.get(f"address.{part}", "") for part in ADDRESS}
        is_moved = any(name.startswith("address.") for name in values)
        own = {name: value for name, value in values.items() if not name.startswith("address.")}
        return own | ({"address": address} if is_moved else {})

    def here(self, entity_id: str) -> dict[str, Any]:
        row = Customer.objects.get(pk=entity_id)
        names = (*TEXTS, "preferred_locales", *(f"address.{part}" for part in ADDRESS))
        return {name: getattr(row, _column(name)) for name in names} | shown(row.metadata)

    def read(self, found: Mapping[str, Any]) -> dict[str, Any]:
        address = found["address"] or {}
        values = {name: found[name] or "" for name in TEXTS}
        values |= {f"address.{part}": address.get(part) or "" for part in ADDRESS}
        return values | {"preferred_locales": found["preferred_locales"]}


def _column(name: str) -> str:
    return {"preferred_locales": "preferred_locale"}.get(name, name.replace(".", "_"))
