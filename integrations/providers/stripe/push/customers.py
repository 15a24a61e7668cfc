"""Brings a customer to Stripe: creates it once, updates it when what it says has changed since."""

from billing.events import Kind
from billing.models import Customer
from billing.models.base import Status
from billing.services.customers import customers
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import default_methods, notes, tax_ids
from integrations.providers.stripe.translate import customers as translate


def push(outbound: Outbound) -> None:
    """Brings the customer up to date at Stripe, in one call unless its tax ids changed."""
    customer = _customer(outbound, outbound.entity_id)
    if customer.status == Status.ARCHIVED:
        # Deleting at Stripe would take its subscriptions and its history with it (docs/decisions).
        outbound.skip("archive", "An archived customer stays at Stripe as it is: deleting it there is final.")
        return
    theirs = outbound.provider_id_of(Kind.CUSTOMER, customer.pk)
    if theirs is None:
        _create(outbound, customer, "create")
    else:
        _update(outbound, customer, theirs)
        tax_ids.follow(outbound, customer, theirs)
        default_methods.tell(outbound, customer, theirs)


def ensure(outbound: Outbound, customer_id: str) -> str:
    """Stripe's id of the customer, created there if need be; its own pushes keep it up to date."""
    theirs = outbound.provider_id_of(Kind.CUSTOMER, customer_id)
    if theirs is not None:
        return theirs
    return _create(outbound, _customer(outbound, customer_id), "customer")


def _customer(outbound: Outbound, customer_id: str) -> Customer:
    return Customer.objects.get(pk=customer_id, environment_id=outbound.environment_id)


def _create(outbound: Outbound, customer: Customer, step: str) -> str:
    facts = customers.facts(customer)
    wanted = translate.update_params(facts, customer.pk, outbound.environment_id)

    def note(answer: Json) -> Json:
        # A call repeated after a crash sends what was true before it: what Stripe answers is what it holds.
        return {**notes.sent(translate.current_params(answer, wanted)), **tax_ids.note(answer)}

    params = translate.create_params(facts, customer.pk, outbound.environment_id)
    link = (Kind.CUSTOMER, customer.pk)
    return str(outbound.once(step, "customers.create", params, link=link, annotate=note)["id"])


def _update(outbound: Outbound, customer: Customer, theirs: str) -> None:
    wanted = translate.update_params(customers.facts(customer), customer.pk, outbound.environment_id)
    step = notes.step("update", wanted)
    params = notes.news(outbound, (Kind.CUSTOMER, customer.pk), wanted, step)
    if not params:
        outbound.skip("update", "Stripe was told this already.")
        return

    def note(answer: Json) -> Json:
        return notes.sent(translate.current_params(answer, wanted))

    outbound.once(step, "customers.update", params, target=theirs, annotate=note)
