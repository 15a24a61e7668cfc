"""customer.*: Stripe's customers are ours, created, linked, updated or archived."""

from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.services.customers import customers, default_methods
from integrations.errors import Retry
from integrations.provider_api import DEFAULT_METHOD, Freshness, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import claims, holding
from integrations.providers.stripe.handlers.echoes import is_echo
from integrations.providers.stripe.handlers.events import ECHO, STALE, elsewhere, newest, object_of, rank_of
from integrations.providers.stripe.handlers.waiting import PATIENCE
from integrations.providers.stripe.translate import customers as translate
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.charges import default_method

OFF = Ignored("Its customer is none of ours, and customer_inbound_enabled is off.")
# Events of one moment overtake each other, mostly by less than half a second; a customer that is on its way need not be
# asked for, so Stripe is asked at the third attempt only.
SOON_SECONDS, LATER_SECONDS = 0.5, 3.0


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """customer.created and customer.updated, in whichever order they come."""
    customer = object_of(event)
    foreign = elsewhere(inbound, customer)
    if foreign:
        return foreign
    freshness = inbound.freshness(Kind.CUSTOMER, customer["id"], rank_of(inbound))
    if freshness is Freshness.STALE:
        return STALE
    customer = newest(inbound, freshness, "customers.retrieve", customer)
    ours = inbound.entity_id_of(Kind.CUSTOMER, customer["id"])
    if ours is None:
        _adopt(inbound, customer)
        return None
    if is_echo(inbound, event):
        return ECHO
    _refuse_taken(inbound, customer, ours)
    customers.update(
        environment_id=inbound.environment_id,
        customer_id=ours,
        changes=translate.changes(customer),
        origin=inbound.connection_id,
    )
    holding.note(inbound, Kind.CUSTOMER, ours, customer)
    if translate.chose_default(event):
        _follow_default(inbound, ours, default_method(customer))
    return None


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """customer.deleted, which carries the customer as it last was: archived here, because invoices point at it.

    One that comes before all others brings the customer here, so that the end does not depend on their order.
    """
    customer = object_of(event)
    foreign = elsewhere(inbound, customer)
    if foreign:
        return foreign
    ours = inbound.entity_id_of(Kind.CUSTOMER, customer["id"])
    environment, origin = inbound.environment_id, inbound.connection_id
    if ours is None:
        ours = _adopt(inbound, customer)
    if inbound.is_stale(Kind.CUSTOMER, customer["id"], rank_of(inbound)):
        return STALE
    changes = translate.changes(customer)
    customers.update(environment_id=environment, customer_id=ours, changes=changes, origin=origin)
    customers.archive(environment_id=environment, customer_id=ours, origin=origin)
    return None


def ensure(inbound: Inbound, theirs: str) -> str | Ignored:
    """Ours of the customer that another object names: asked of Stripe when its own event does not come soon."""
    if ours := inbound.entity_id_of(Kind.CUSTOMER, theirs):
        return ours
    if not inbound.is_on("customer_inbound_enabled"):
        return OFF
    if inbound.attempts == 0:
        raise Retry(f"It waits for the customer {theirs}.", within=SOON_SECONDS)
    if inbound.attempts == 1:
        raise Retry(
            f"It waits for the customer {theirs}; next time Stripe is asked for it.", after=LATER_SECONDS
        )
    inbound.lock(theirs)
    if ours := inbound.entity_id_of(Kind.CUSTOMER, theirs):
        return ours
    customer = inbound.look_up("customers.retrieve", theirs, {})
    if customer.get("deleted"):
        return Ignored(f"Its customer {theirs} was deleted at Stripe.")
    return elsewhere(inbound, customer) or _adopt(inbound, customer)


def _adopt(inbound: Inbound, customer: Json) -> str:
    """Links a customer that is ours already, creates one otherwise."""
    ours = claims.settle(
        inbound,
        Kind.CUSTOMER,
        customer["id"],
        {
            f"metadata.{metadata.CUSTOMER_ID}": _named(inbound, customer),
            f"metadata.{metadata.EXTERNAL_ID}": _same_external_id(inbound, customer),
        },
    )
    # Both sides have their own state; which is right shows with the next change on either.
    if not ours:
        ours = customers.create(
            environment_id=inbound.environment_id,
            facts=CustomerFacts(**translate.changes(customer)),
            origin=inbound.connection_id,
        ).pk
    inbound.link(Kind.CUSTOMER, ours, customer["id"])
    if method := default_method(customer):
        _follow_default(inbound, ours, method)
    return ours


def _refuse_taken(inbound: Inbound, customer: Json, ours: str) -> None:
    """Raises MappingConflict when another customer here keeps the external_id that Stripe now says of this one.

    Not at once: an event that has not come yet may take it from the other.
    """
    other = _same_external_id(inbound, customer) if inbound.attempts >= PATIENCE else ""
    if other and other != ours:
        raise claims.taken(inbound, Kind.CUSTOMER, customer["id"], ours, other, metadata.EXTERNAL_ID)


def _follow_default(inbound: Inbound, ours: str, method: str) -> None:
    """Takes over which saved method was made the default at Stripe, or that none is any more."""
    inbound.annotate(Kind.CUSTOMER, ours, {DEFAULT_METHOD: method})
    default_methods.choose(
        environment_id=inbound.environment_id,
        customer_id=ours,
        connection_id=inbound.connection_id,
        method=method,
        at=inbound.created,
        origin=inbound.connection_id,
    )


def _named(inbound: Inbound, customer: Json) -> str:
    """Ours by the id that FlexSync wrote on it."""
    return claims.by_id(inbound, Customer, metadata.of(customer).get(metadata.CUSTOMER_ID, ""))


def _same_external_id(inbound: Inbound, customer: Json) -> str:
    """Ours by the integrator's own id, which one active customer has at most."""
    external_id = metadata.of(customer).get(metadata.EXTERNAL_ID, "")[:255]
    if not external_id:
        return ""
    return customers.of_external_id(inbound.environment_id, external_id)
