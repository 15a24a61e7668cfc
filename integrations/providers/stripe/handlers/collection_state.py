"""What every invoice of Stripe shows of its collection: its attempts, the next one, and the last failure."""

from billing.facts import CollectionFacts
from billing.models import Invoice
from billing.services.invoices import collection
from integrations.provider_api import Freshness, Inbound, Json
from integrations.providers.stripe.translate import collection as translate


def note(inbound: Inbound, invoice: Invoice, stripe_invoice: Json, freshness: Freshness) -> bool:
    """Keeps it with the invoice here; returns whether anything changed.

    What is stale says nothing.
    """
    facts = translate.facts_of(stripe_invoice)
    if freshness is Freshness.STALE or facts.attempt_count < invoice.attempt_count:
        return False
    if freshness is Freshness.CONCURRENT and _contradicts(invoice, facts):
        current = inbound.look_up("invoices.retrieve", stripe_invoice["id"], {})
        facts = translate.facts_of(current)
    return collection.record(environment_id=inbound.environment_id, invoice_id=invoice.pk, facts=facts)


def _contradicts(invoice: Invoice, facts: CollectionFacts) -> bool:
    """Whether an event of the same second said something else, and neither is known to be the later one."""
    if facts.attempt_count > invoice.attempt_count or not invoice.amount_remaining:
        return False
    return facts.next_attempt_at != invoice.next_attempt_at
