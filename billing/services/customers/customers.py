"""Creates, changes, archives and restores customers."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from billing.errors import Invalid
from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.models.base import Status
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic, current_unit_of_work
from billing.services import collectors
from billing.services.currencies import check_currency
from billing.services.customers import contact, tax_ids

# What people tell customers apart by.
TOLD_BY = ("name", "email", "phone", "external_id")
CHANGEABLE = frozenset(field.name for field in fields(CustomerFacts))


@atomic
def create(*, environment_id: str, facts: CustomerFacts, origin: str | None = None) -> Customer:
    """A new active customer; raises Invalid, or Conflict when an active one has its external_id.

    One that a provider reports may have nothing to tell it by; one that is made here may not.
    """
    columns = rows.values(facts, "tax_ids") | {"tax_ids": tax_ids.stored(facts.tax_ids)}
    customer = Customer(environment_id=environment_id, **contact.checked(columns))
    _check(customer)
    if origin is None and not any(getattr(facts, name) for name in TOLD_BY):
        raise Invalid.of({"name": f"Send at least one of {', '.join(TOLD_BY)}."})
    rows.insert(customer, Kind.CUSTOMER, origin)
    return customer


@atomic
def update(
    *, environment_id: str, customer_id: str, changes: Mapping[str, Any], origin: str | None = None
) -> Customer:
    """The customer with ``changes`` (names as in CustomerFacts); raises NotFound, Invalid or Conflict."""
    customer = rows.locked(Customer, environment_id, customer_id)
    columns = contact.checked(changes)
    if "tax_ids" in columns:
        columns["tax_ids"] = tax_ids.stored(columns["tax_ids"])
    changed = rows.change(customer, columns, allowed=CHANGEABLE)
    _check(customer)
    rows.save(customer, changed, Kind.CUSTOMER, origin)
    return customer


@atomic
def archive(*, environment_id: str, customer_id: str, origin: str | None = None) -> Customer:
    """The customer, archived: nothing new may use it, and its external_id is free; raises NotFound."""
    customer = rows.locked(Customer, environment_id, customer_id)
    rows.save(customer, rows.set_status(customer, Status.ARCHIVED), Kind.CUSTOMER, origin)
    return customer


@atomic
def restore(*, environment_id: str, customer_id: str, origin: str | None = None) -> Customer:
    """The customer, active again; raises NotFound, or Conflict when its external_id was taken meanwhile."""
    customer = rows.locked(Customer, environment_id, customer_id)
    rows.save(customer, rows.set_status(customer, Status.ACTIVE), Kind.CUSTOMER, origin)
    return customer


def of_external_id(environment_id: str, external_id: str) -> str:
    """The id of the active customer that has the external_id, "" when none has."""
    here = current_unit_of_work()
    known = here.rows.where(Customer, external_id) if here else None
    if known is None:
        named = {"environment_id": environment_id, "external_id": external_id, "status": Status.ACTIVE}
        known = list(Customer.objects.filter(**named))
    return next((str(one.pk) for one in known if one.status == Status.ACTIVE), "")


def facts(customer: Customer) -> CustomerFacts:
    """What is known of the customer."""
    return rows.read(CustomerFacts, customer, tax_ids=tax_ids.read(customer.tax_ids))


def _check(customer: Customer) -> None:
    if customer.connection_id:
        collectors.registered().check(customer.environment_id, customer.connection_id)
    if customer.currency:
        check_currency(customer.currency)
    tax_ids.check_locale(customer.preferred_locale)
    tax_ids.check_tax_ids(tax_ids.read(customer.tax_ids))
