"""customer.*: Stripe's customers are ours, created, linked, updated or archived."""

from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.models.base import Status
from billing.services import customers
from integrations.errors import Rejected
from integrations.provider import Ignored, Inbound, Json
from integrations.providers.stripe.handlers.echoes import is_echo
from integrations.providers.stripe.handlers.events import ECHO, STALE, object_of, rank_of
from integrations.providers.stripe.translate import customers as translate
from integrations.providers.stripe.translate import metadata


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """customer.created and customer.updated, in whichever order they come."""
    customer = object_of(event)
    elsewhere = metadata.of(customer).get(metadata.ENVIRONMENT)
    if elsewhere and elsewhere != inbound.environment_id:
        return Ignored(f"The customer belongs to another environment, {elsewhere}.")
    if not inbound.is_news(Kind.CUSTOMER, customer["id"], rank_of(inbound)):
        return STALE
    ours = inbound.ours(Kind.CUSTOMER, customer["id"])
    if ours is None:
        return _appeared(inbound, customer)
    if is_echo(inbound, event):
        return ECHO
    customers.update(
        environment_id=inbound.environment_id,
        customer_id=ours,
        changes=translate.changes(customer),
        origin=inbound.connection_id,
    )
    return None


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """customer.deleted: archived here, because invoices point at it."""
    customer = object_of(event)
    ours = inbound.ours(Kind.CUSTOMER, customer["id"])
    if not inbound.is_news(Kind.CUSTOMER, customer["id"], rank_of(inbound)):
        return STALE
    if ours is None:
        return Ignored("The customer was never here.")
    customers.archive(environment_id=inbound.environment_id, customer_id=ours, origin=inbound.connection_id)
    return None


def _appeared(inbound: Inbound, customer: Json) -> Ignored | None:
    """Links a customer that is ours already, creates one otherwise."""
    known = _named(inbound, customer) or _same_external_id(inbound, customer)
    if known is not None:
        # Both sides have their own state; which is right shows with the next change on either.
        inbound.link(Kind.CUSTOMER, known.pk, customer["id"])
        return None
    made = customers.create(
        environment_id=inbound.environment_id,
        facts=CustomerFacts(**translate.changes(customer)),
        origin=inbound.connection_id,
    )
    inbound.link(Kind.CUSTOMER, made.pk, customer["id"])
    return None


def _named(inbound: Inbound, customer: Json) -> Customer | None:
    """Ours by the id that FlexSync wrote on it."""
    ours = metadata.of(customer).get(metadata.CUSTOMER_ID, "")
    return Customer.objects.filter(pk=ours, environment_id=inbound.environment_id).first() if ours else None


def _same_external_id(inbound: Inbound, customer: Json) -> Customer | None:
    """Ours by the integrator's own id, which one active customer has at most."""
    external_id = metadata.of(customer).get(metadata.EXTERNAL_ID, "")
    if not external_id:
        return None
    found = Customer.objects.filter(
        environment_id=inbound.environment_id, external_id=external_id, status=Status.ACTIVE
    ).first()
    twin = inbound.theirs(Kind.CUSTOMER, found.pk) if found else None
    if found and twin:
        raise Rejected(
            f"{customer['id']} has the external_id {external_id!r} of {found.pk}, which is {twin} at Stripe:"
            " correct the metadata of one of both customers there, then replay."
        )
    return found
