"""A draft at Stripe whose total is not ours: looked at anew, and its lines replaced. Nothing final is ever changed."""

from typing import Any

from billing.events import Kind
from billing.facts import InvoiceFacts
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.translate import invoice_lines
from integrations.providers.stripe.translate import invoices as translate


def mend(outbound: Outbound, facts: InvoiceFacts, invoice_id: str, theirs: str) -> None:
    """Does nothing while the totals agree. Else somebody has corrected the draft at Stripe, or its lines are wrong.

    Each time has steps of its own, because what was seen the last time says nothing of now.
    """
    noted = outbound.notes_of(Kind.INVOICE, invoice_id)
    if noted.get("total") in (None, invoice_lines.total(facts)):
        return
    number = int(noted.get("mends") or 0) + 1
    draft = outbound.once(f"look-{number}", "invoices.retrieve", {}, target=theirs, annotate=total)
    if outbound.dry or draft["total"] == invoice_lines.total(facts):
        return
    _clear(outbound, draft, theirs, number)
    outbound.once(
        f"lines-{number}",
        "invoices.add_lines",
        invoice_lines.add_lines_params(facts),
        target=theirs,
        annotate=lambda answer: {**total(answer), "mends": number},
    )


def total(answer: Json) -> dict[str, Any]:
    """What Stripe's draft says, as it is noted; a planned answer says nothing."""
    breakdown = translate.breakdown(answer) if "total" in answer else ""
    return {"total": answer.get("total"), "breakdown": breakdown}


def _clear(outbound: Outbound, draft: Json, theirs: str, number: int) -> None:
    """Takes all lines out, as many at a time as an answer shows (page "Bulk remove invoice line items")."""
    rounds = 0
    while shown := draft["lines"]["data"]:
        rounds += 1
        lines = [{"id": line["id"], "behavior": "delete"} for line in shown]
        draft = outbound.once(
            f"clear-{number}-{rounds}", "invoices.remove_lines", {"lines": lines}, target=theirs
        )
