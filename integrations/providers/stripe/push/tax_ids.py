"""The tax ids of a customer at Stripe: created and deleted singly, because none can be changed.

Page "Customer tax IDs".
"""

from collections.abc import Callable

from billing.events import Kind
from billing.facts import TaxIdFacts
from billing.models import Customer
from billing.services.customers import customers
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import last_known
from integrations.providers.stripe.translate import tax_ids as translate

# With this an answer shows the tax ids (page "Expanding responses").
EXPANDED = {"expand": ["tax_ids"]}
# The customer's note with Stripe's ids of the tax ids that FlexSync sent, by type and value.
NOTED = "tax_ids"
# Stripe's ids of those that FlexSync sent although a person had added the same there.
DOUBLE = "double_tax_ids"


def notes(response: Json) -> Json:
    """The notes on tax ids from the response to a new customer."""
    return {NOTED: translate.ids(response)}


def shared(response: Json, customer: Customer) -> Json:
    """The notes on a customer who was not made by FlexSync: the tax ids that both have are not made again."""
    desired = {translate.name(tax_id) for tax_id in customers.facts(customer).tax_ids}
    return {NOTED: {name: id_ for name, id_ in translate.ids(response).items() if name in desired}}


def update(outbound: Outbound, customer: Customer, stripe_id: str) -> None:
    """Creates new tax ids and deletes those that were removed here; what was added at Stripe stays."""
    known = _known(outbound, customer)
    desired = {translate.name(tax_id): tax_id for tax_id in customers.facts(customer).tax_ids}
    for name in sorted(desired.keys() - known.keys()):
        _create(outbound, customer, stripe_id, desired[name])
    for name in sorted(known.keys() - desired.keys()):
        _delete(outbound, customer, name, f"{stripe_id}/{known[name]}")
    for tax_id in _doubles(outbound, customer):
        _delete_double(outbound, customer, f"{stripe_id}/{tax_id}")


def _create(outbound: Outbound, customer: Customer, stripe_id: str, tax_id: TaxIdFacts) -> None:
    params = translate.params(tax_id)

    def notes(response: Json) -> Json:
        return {NOTED: {**_known(outbound, customer), translate.name(tax_id): response["id"]}}

    step = last_known.step_name("tax-id", params)
    _call(outbound, customer, step, "customers.tax_ids.create", params, stripe_id, notes)


def _delete(outbound: Outbound, customer: Customer, name: str, target: str) -> None:
    def notes(_response: Json) -> Json:
        return {NOTED: {known: id_ for known, id_ in _known(outbound, customer).items() if known != name}}

    step = f"forget-{target.rpartition('/')[2]}"
    _call(outbound, customer, step, "customers.tax_ids.delete", {}, target, notes)


def _delete_double(outbound: Outbound, customer: Customer, target: str) -> None:
    tax_id = target.rpartition("/")[2]

    def notes(_response: Json) -> Json:
        return {DOUBLE: [one for one in _doubles(outbound, customer) if one != tax_id]}

    _call(outbound, customer, f"double-{tax_id}", "customers.tax_ids.delete", {}, target, notes)


def _doubles(outbound: Outbound, customer: Customer) -> list[str]:
    return list(outbound.notes_of(Kind.CUSTOMER, customer.pk).get(DOUBLE) or ())


def _known(outbound: Outbound, customer: Customer) -> dict[str, str]:
    return outbound.notes_of(Kind.CUSTOMER, customer.pk).get(NOTED) or {}


def _call(
    outbound: Outbound,
    customer: Customer,
    step: str,
    operation: str,
    params: Json,
    target: str,
    notes: Callable[[Json], Json],
) -> None:
    mapping = (Kind.CUSTOMER, customer.pk)
    outbound.once(step, operation, params, target=target, annotate=notes, about=mapping)
