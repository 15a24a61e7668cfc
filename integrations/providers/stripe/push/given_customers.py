"""Customers whose metadata says which customer of Stripe's they are: that one is linked, and none is made."""

from billing.events import Kind
from billing.models import Customer
from integrations.errors import Gone, Missing, Rejected, Retry
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES, CallState
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.names import LONGEST_ID
from integrations.providers.stripe.push import tax_ids
from integrations.providers.stripe.push.digests import digest
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.metadata import GIVEN

# Seconds until it is looked whether another connection's account has it.
SOON = 2.0


def link(outbound: Outbound, customer: Customer) -> str | None:
    """Stripe's id of the customer that was linked; None where another one is to be made.

    Raises Rejected where it names one that cannot be it, Retry while another account may have it.
    """
    given = str(customer.metadata.get(GIVEN) or "")
    if not given or _is_unlinked(outbound, given):
        return None
    if len(given) > LONGEST_ID:
        raise _refusal(customer, f"{given[:20]}...", f"is longer than the {LONGEST_ID} characters of an id")
    step = f"given-{digest({GIVEN: given})[:8]}"
    try:
        found = outbound.look(step, "customers.retrieve", {}, target=given)
    except Gone as gone:
        raise _refusal(customer, given, f"was {gone.entity_id}'s and is gone at Stripe") from gone
    except Missing as missing:
        if missing.was_there:
            raise _refusal(customer, given, "was deleted at Stripe") from missing
        _require_elsewhere(outbound, customer, given)
        return None
    _refuse_another(outbound, customer, found, given)
    ours = (Kind.CUSTOMER, customer.pk)
    linked = outbound.once(
        f"link-{step}",
        "customers.retrieve",
        tax_ids.EXPANDED,
        target=given,
        link=ours,
        annotate=lambda answer: tax_ids.shared(answer, customer),
        repeatable=True,
    )
    outbound.observe(Kind.CUSTOMER, linked)
    return given


def _is_unlinked(outbound: Outbound, given: str) -> bool:
    """Whether a person has unlinked it: that counts more than what was said before."""
    alone = EntityMapping.objects.filter(connection_id=outbound.connection_id, entity_type=Kind.CUSTOMER)
    return alone.filter(entity_id="", gone_at=None, provider_entity_id=given).exists()


def _refuse_another(outbound: Outbound, customer: Customer, found: Json, given: str) -> None:
    """Raises Rejected for a customer who belongs to another environment."""
    environment = "" if outbound.dry else metadata.of(found).get(metadata.ENVIRONMENT, "")
    if environment not in ("", outbound.environment_id):
        raise _refusal(customer, given, f"belongs to another environment of FlexSync, {environment}")


def _require_elsewhere(outbound: Outbound, customer: Customer, given: str) -> None:
    """Raises Rejected where no other account has it, Retry until that is known."""
    own = Connection.objects.get(pk=outbound.connection_id)
    others = Connection.objects.filter(environment=own.environment, provider=own.provider).exclude(pk=own.pk)
    others = others.filter(status=ConnectionStatus.ACTIVE)
    row = {"connection__in": others, "entity_type": Kind.CUSTOMER, "entity_id": customer.pk}
    if EntityMapping.objects.filter(**row, provider_entity_id=given).exists():
        return
    yet_to_look = OutboundSync.objects.filter(**row, state__in=OPEN_STATES)
    if yet_to_look.exclude(calls__target=given, calls__state=CallState.REFUSED).exists():
        raise Retry(f"Waits until it is known whether another connection's account has {given}.", after=SOON)
    raise _refusal(customer, given, "does not exist at Stripe, in this account or another that is connected")


def _refusal(customer: Customer, given: str, why: str) -> Rejected:
    refusal = Rejected(
        f"The metadata of {customer.pk} says {GIVEN} {given}, which {why}. Correct it; or remove it, and a new customer is"
        " made."
    )
    refusal.waits_for = f"{Kind.CUSTOMER}:{customer.pk}"
    return refusal
