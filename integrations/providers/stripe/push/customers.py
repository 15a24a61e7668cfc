"""Brings a customer to Stripe: creates it once, and updates it whenever it has changed since."""

from billing.events import Kind
from billing.models import Customer
from billing.models.base import Status
from billing.services.customers import customers
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.merging.customers import CUSTOMER
from integrations.providers.stripe.push import given_customers, last_known, tax_ids, updates
from integrations.providers.stripe.translate import customers as translate


def push(outbound: Outbound) -> None:
    """Brings the customer up to date at Stripe, in one call unless its tax ids changed."""
    customer = _customer(outbound, outbound.entity_id)
    if customer.status == Status.ARCHIVED:
        # Deleting at Stripe would take its subscriptions and its history with it (docs/decisions).
        outbound.skip(
            "archive", "An archived customer stays at Stripe unchanged: deleting it there cannot be undone."
        )
        return
    stripe_id = outbound.provider_id_of(Kind.CUSTOMER, customer.pk) or given_customers.link(
        outbound, customer
    )
    if stripe_id is None:
        _create(outbound, customer, "create")
    else:
        updates.update(outbound, CUSTOMER, customer.pk)
        tax_ids.update(outbound, customer, stripe_id)


def ensure(outbound: Outbound, customer_id: str) -> str:
    """Stripe's id of the customer, created there if need be; its own pushes keep it up to date."""
    stripe_id = outbound.provider_id_of(Kind.CUSTOMER, customer_id)
    if stripe_id is not None:
        return stripe_id
    customer = _customer(outbound, customer_id)
    return given_customers.link(outbound, customer) or _create(outbound, customer, "customer")


def _customer(outbound: Outbound, customer_id: str) -> Customer:
    return Customer.objects.get(pk=customer_id, environment_id=outbound.environment_id)


def _create(outbound: Outbound, customer: Customer, step: str) -> str:
    facts, ids = customers.facts(customer), (customer.pk, customer.environment_id)
    desired = translate.update_params(facts, *ids)
    params, left_out = updates.made(CUSTOMER, desired, translate.create_params(facts, *ids))

    def notes(response: Json) -> Json:
        # A call repeated after a crash sends what was true before it: Stripe's response tells what it holds.
        known = last_known.notes(translate.current_params(response))
        return {**known, **left_out, **tax_ids.notes(response)}

    link = (Kind.CUSTOMER, customer.pk)
    return str(outbound.once(step, "customers.create", params, link=link, annotate=notes)["id"])
