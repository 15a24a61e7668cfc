"""customer.*: each of Stripe's customers is a customer here: created, linked, updated or archived."""

from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.services.customers import customers, default_methods
from integrations.errors import Missing, Rejected, Retry
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import balances, match_candidates, upsert
from integrations.providers.stripe.handlers.events import ECHO, object_of, of_other_environment
from integrations.providers.stripe.handlers.waiting import WAITING_ATTEMPTS
from integrations.providers.stripe.merging import customers as merging
from integrations.providers.stripe.translate import customers as translate
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import read_id

OFF = Ignored(
    "The event's customer is not here, and customer_inbound_enabled is off for this connection. To bring both here,"
    " turn it on, then replay the event."
)
# What Stripe decides: the currency of a customer's first invoice stays.
STRIPES_OWN = ("currency",)
# Events of one moment overtake each other, mostly by less than half a second. A customer that is on its way
# need not be read from Stripe, so that happens at the third attempt only.
SOON_SECONDS, LATER_SECONDS = 0.5, 3.0


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """customer.created and customer.updated, in whichever order they come."""
    return upsert.save(CUSTOMER, inbound, event)


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """customer.deleted, with the customer as it last was: archived here, because invoices refer to it."""
    customer = object_of(event)
    environment, origin = inbound.environment_id, inbound.connection_id

    def archive(customer_id: str) -> None:
        _take_over(inbound, customer_id, customer)
        # What was edited here alone stays: it is what another customer is made with.
        upsert.observed(CUSTOMER, inbound, customer)
        customers.archive(environment_id=environment, customer_id=customer_id, origin=origin)

    return upsert.delete(CUSTOMER, inbound, event, customer, archive)


def observed(inbound: Inbound, customer: Json) -> None:
    """What an answer shows of a customer who has a row here."""
    upsert.observed(CUSTOMER, inbound, customer)
    if customer_id := inbound.entity_id_of(Kind.CUSTOMER, customer["id"]):
        balances.compare(inbound, customer_id, customer)


def of(inbound: Inbound, stripe_object: Json) -> str | Ignored:
    """The id of the customer of an object that must have one; raises Rejected where it names none."""
    if provider_id := read_id(stripe_object, "customer"):
        return ensure(inbound, provider_id)
    what, account = stripe_object.get("object") or "object", read_id(stripe_object, "customer_account")
    if not account:
        raise Rejected(f"The {what} names no customer, so it cannot be kept here.")
    return Ignored(
        f"The {what} belongs to the account {account} (Accounts v2) and names no customer: only what belongs to a"
        " customer can be kept here."
    )


def ensure(inbound: Inbound, provider_id: str) -> str | Ignored:
    """The id of the customer that another object names; reads it from Stripe if its event does not come."""
    if customer_id := inbound.entity_id_of(Kind.CUSTOMER, provider_id):
        return customer_id
    if not inbound.is_on("customer_inbound_enabled"):
        return OFF
    _wait_for_its_event(inbound, provider_id)
    inbound.lock(provider_id)
    if customer_id := inbound.entity_id_of(Kind.CUSTOMER, provider_id):
        return customer_id
    try:
        customer = inbound.look_up("customers.retrieve", provider_id, {})
    except Missing as missing:
        if not missing.object_id:
            raise
        return Ignored(f"The event's customer {provider_id} was deleted at Stripe, and was never here.")
    return of_other_environment(inbound, customer) or _adopt(inbound, customer)


def _wait_for_its_event(inbound: Inbound, provider_id: str) -> None:
    """Raises Retry at the first two attempts."""
    missing, then = (
        f"Waits for the customer {provider_id} to arrive.",
        "The third attempt reads it from Stripe.",
    )
    if inbound.attempts == 0:
        raise Retry(missing, within=SOON_SECONDS, then=then)
    if inbound.attempts == 1:
        raise Retry(missing, after=LATER_SECONDS, then=then)


def _adopt(inbound: Inbound, customer: Json) -> str:
    """Links the customer that FlexSync's metadata or the external_id names, or who names this one.

    Creates one otherwise.
    """
    candidates = match_candidates.by_metadata(inbound, *CUSTOMER.row, customer)
    candidates[f"metadata.{metadata.EXTERNAL_ID}"] = _with_same_external_id(inbound, customer)
    if not any(candidates.values()):
        # As its push would link it.
        named = inbound.customer_naming(metadata.GIVEN, customer["id"])
        candidates[f"metadata.{metadata.GIVEN}"] = named

    def create() -> str:
        facts = CustomerFacts(**translate.changes(customer))
        environment, origin = inbound.environment_id, inbound.connection_id
        return customers.create(environment_id=environment, facts=facts, origin=origin).id

    customer_id, is_new = match_candidates.link_or_create(
        inbound, Kind.CUSTOMER, customer["id"], candidates, create
    )
    if is_new and (method := translate.default_method(customer)):
        _set_default_method(inbound, customer_id, method)
    upsert.adopted(CUSTOMER, inbound, customer_id, customer, is_new=is_new)
    balances.compare(inbound, customer_id, customer)
    return customer_id


def _update(inbound: Inbound, customer_id: str, customer: Json, _event: Json) -> None:
    _refuse_taken_external_id(inbound, customer, customer_id)
    _take_over(inbound, customer_id, customer)
    balances.compare(inbound, customer_id, customer)


def _take_over(inbound: Inbound, customer_id: str, customer: Json) -> None:
    """Gives the row what Stripe alone decides."""
    customers.update(
        environment_id=inbound.environment_id,
        customer_id=customer_id,
        changes={name: value for name, value in translate.changes(customer).items() if name in STRIPES_OWN},
        origin=inbound.connection_id,
    )


def _echo(inbound: Inbound, customer_id: str, customer: Json) -> Ignored:
    """FlexSync's own call may have moved the balance: a credit note does."""
    balances.compare(inbound, customer_id, customer)
    return ECHO


def _refuse_taken_external_id(inbound: Inbound, customer: Json, customer_id: str) -> None:
    """Raises MappingConflict when another customer here has the external_id that this one has at Stripe.

    Not in the first attempts: an event that has not come yet may take it from the other.
    """
    owner_id = _with_same_external_id(inbound, customer) if inbound.attempts >= WAITING_ATTEMPTS else ""
    if owner_id and owner_id != customer_id:
        raise match_candidates.name_conflict(
            inbound, Kind.CUSTOMER, customer["id"], customer_id, owner_id, metadata.EXTERNAL_ID
        )


def _set_default_method(inbound: Inbound, customer_id: str, method: str) -> None:
    """Takes over the default of a customer that is new here."""
    default_methods.choose(
        environment_id=inbound.environment_id,
        customer_id=customer_id,
        connection_id=inbound.connection_id,
        method=method,
        at=inbound.created,
        origin=inbound.connection_id,
    )


def _with_same_external_id(inbound: Inbound, customer: Json) -> str:
    """The customer here with the integrator's own id, which at most one active customer has; "" for none."""
    external_id = metadata.of(customer).get(metadata.EXTERNAL_ID, "")
    if not external_id:
        return ""
    return customers.of_external_id(inbound.environment_id, external_id)


CUSTOMER = upsert.Resource(
    kind=Kind.CUSTOMER,
    row=(Customer, metadata.CUSTOMER_ID),
    retrieve="customers.retrieve",
    adopt=_adopt,
    update=_update,
    synced=merging.CUSTOMER,
    echo=_echo,
)
