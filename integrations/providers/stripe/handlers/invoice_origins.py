"""Whose an invoice is that names one here in its metadata, but is not linked to it: on its way, or a copy."""

from django.db.models import Q, QuerySet

from billing.events import Kind
from billing.models import Invoice
from billing.services.find import find
from integrations.models import OutboundCall, OutboundSync
from integrations.models.outbound import OPEN_STATES, CallState
from integrations.provider_api import LINK_BY_HAND, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import forgotten
from integrations.providers.stripe.translate import metadata

# How often an event waits until it is known whether the database is a restored backup: minutes in all.
WAITS_FOR_NOTICE = 6
OTHER_ENVIRONMENT = Ignored("Another environment of FlexSync made this invoice.")


def named(inbound: Inbound, stripe_invoice: Json) -> str:
    """The id of the invoice here that the metadata names, "" when there is none."""
    named_id = metadata.of(stripe_invoice).get(metadata.INVOICE_ID, "")
    return named_id if named_id and find(Invoice, inbound.environment_id, [named_id]) else ""


def is_on_its_way(inbound: Inbound, named_id: str, stripe_id: str) -> bool:
    """Whether a push may be about to record this one as the counterpart, or has done so just now."""
    pushes = _pushes(inbound, named_id)
    is_making = Q(calls__makes=f"{Kind.INVOICE}:{named_id}", calls__state=CallState.CALLING)
    linked = inbound.provider_id_of(Kind.INVOICE, named_id)
    if linked is None and pushes.filter(Q(state__in=OPEN_STATES) | is_making).exists():
        return True
    # Read again: the push may have ended between the two.
    return (linked or inbound.provider_id_of(Kind.INVOICE, named_id)) == stripe_id


def is_forgotten(inbound: Inbound, named_id: str) -> bool:
    """Whether FlexSync may have sent it, and forgotten that with a restored backup: the recovery links it.

    That the database is older is noticed within minutes; until then a row that was never sent tells.
    """
    if inbound.provider_id_of(Kind.INVOICE, named_id) is not None:
        return False
    may_be_noticed = inbound.attempts < WAITS_FOR_NOTICE
    return inbound.is_recovering or (may_be_noticed and not _pushes(inbound, named_id).exists())


def _pushes(inbound: Inbound, invoice_id: str) -> QuerySet[OutboundSync]:
    return OutboundSync.objects.filter(
        connection_id=inbound.connection_id, entity_type=Kind.INVOICE, entity_id=invoice_id
    )


def not_importable(inbound: Inbound, stripe_invoice: Json) -> Ignored | None:
    """Why an invoice with such metadata is not imported: only a copy that a person made at Stripe is."""
    named_id = named(inbound, stripe_invoice)
    if not named_id and not forgotten.is_invoice(inbound, stripe_invoice):
        return OTHER_ENVIRONMENT if metadata.of(stripe_invoice).get(metadata.INVOICE_ID) else None
    made = OutboundCall.objects.filter(
        sync__connection_id=inbound.connection_id, sync__entity_id=named_id, answer__id=stripe_invoice["id"]
    )
    if made.exists():
        return Ignored(
            f"FlexSync made it for {named_id}, which has no mapping to it any more: {LINK_BY_HAND}; otherwise void it at"
            f" Stripe, or {named_id} may be paid twice."
        )
    return None
