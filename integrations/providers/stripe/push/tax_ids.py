"""The tax ids of a customer at Stripe: made and deleted one by one, because none can be changed (page "Customer tax IDs")."""

from billing.events import Kind
from billing.facts import TaxIdFacts
from billing.models import Customer
from billing.services.customers import customers
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import notes
from integrations.providers.stripe.translate import tax_ids as translate

# Stripe's id of each tax id that began here, by what it says.
NOTED = "tax_ids"


def note(answer: Json) -> Json:
    """What the answer to a new customer tells of its tax ids."""
    return {NOTED: translate.ids(answer)}


def follow(outbound: Outbound, customer: Customer, theirs: str) -> None:
    """Makes those that are new here and deletes those that are gone; what somebody added at Stripe stays."""
    known = outbound.notes_of(Kind.CUSTOMER, customer.pk).get(NOTED) or {}
    wanted = {translate.name(one): one for one in customers.facts(customer).tax_ids}
    for name in sorted(wanted.keys() - known.keys()):
        _make(outbound, customer, theirs, wanted[name])
    for name in sorted(known.keys() - wanted.keys()):
        _forget(outbound, customer, name, f"{theirs}/{known[name]}")


def _make(outbound: Outbound, customer: Customer, theirs: str, tax_id: TaxIdFacts) -> None:
    params = translate.params(tax_id)

    def note(answer: Json) -> Json:
        known = outbound.notes_of(Kind.CUSTOMER, customer.pk).get(NOTED) or {}
        return {NOTED: {**known, translate.name(tax_id): answer["id"]}}

    step = notes.step("tax-id", params)
    outbound.once(
        step, "customers.tax_ids.create", params, target=theirs, annotate=note, about=_pair(customer)
    )


def _forget(outbound: Outbound, customer: Customer, name: str, target: str) -> None:
    def note(_answer: Json) -> Json:
        known = outbound.notes_of(Kind.CUSTOMER, customer.pk).get(NOTED) or {}
        return {NOTED: {one: id_ for one, id_ in known.items() if one != name}}

    step = f"forget-{target.rpartition('/')[2]}"
    outbound.once(step, "customers.tax_ids.delete", {}, target=target, annotate=note, about=_pair(customer))


def _pair(customer: Customer) -> tuple[Kind, str]:
    return Kind.CUSTOMER, customer.pk
