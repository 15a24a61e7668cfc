"""Ends Stripe's invoice; where Stripe refuses that, looks what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from billing.events import Kind
from integrations.errors import Rejected, UnderWay
from integrations.provider_api import ASKS, Json, Outbound
from integrations.providers.stripe.push import looks
from integrations.providers.stripe.translate import open_invoices

VOIDED, UNCOLLECTIBLE, DELETED, PAID = "voided", "uncollectible", "deleted", "paid"
_STAGES = {"void": VOIDED, "uncollectible": UNCOLLECTIBLE, "paid": PAID}
# Seconds between two looks while a bank works on a payment, which takes days.
BANK_WORKS = 12 * 3600.0


@dataclass(frozen=True)
class Ending:
    """A call that ends it, and the stage that is noted then.

    ``enough``: in which statuses nothing is left to do. ``instead``: what to do where others are refused.
    """

    step: str
    operation: str
    stage: str
    enough: tuple[str, ...]
    instead: str = ""
    params: Mapping[str, bool] = field(default_factory=dict)


def end(outbound: Outbound, invoice_id: str, ending: Ending) -> None:
    """Ends it once; what was paid before that counts, before anything is noted.

    Raises UnderWay while a bank works on a payment of it (page "Void an invoice"), Rejected where it stays
    open for another reason.
    """
    stripe_id = str(outbound.provider_id_of(Kind.INVOICE, invoice_id))
    noted = _notes(ending.stage, ending)
    try:
        outbound.once(
            ending.step, ending.operation, ending.params, target=stripe_id, annotate=lambda _response: noted
        )
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        _look(outbound, stripe_id, ending, refusal)


def _look(outbound: Outbound, stripe_id: str, ending: Ending, refusal: Rejected) -> None:
    found = looks.read(outbound, stripe_id)
    has_ended = found["status"] in ending.enough
    notes = _notes(_STAGES[found["status"]], ending) if has_ended else {}
    outbound.observe(Kind.INVOICE, found, notes=notes)
    if has_ended:
        return
    _refuse_under_way(found)
    raise Rejected(f"{refusal} {ending.instead}".rstrip()) from refusal


def look_after_refusal(outbound: Outbound, stripe_id: str) -> Json:
    """What became of an invoice for which Stripe has refused something; it is applied here.

    Raises UnderWay while a bank works on a payment of it: until then Stripe takes nothing else.
    """
    found = looks.read(outbound, stripe_id)
    outbound.observe(Kind.INVOICE, found)
    _refuse_under_way(found)
    return found


def _refuse_under_way(stripe_invoice: Json) -> None:
    if working := open_invoices.processing_intent(stripe_invoice):
        raise UnderWay(f"Waits until the bank has decided on {working}.", after=BANK_WORKS)


def _notes(stage: str, ending: Ending) -> Json:
    """One that was to be uncollectible can still be paid on its page, and asks for that."""
    is_given_up = stage == ending.stage == UNCOLLECTIBLE
    return {"stage": stage} if is_given_up else {"stage": stage, ASKS: False}
