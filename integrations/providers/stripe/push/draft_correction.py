"""Replaces the lines of a draft at Stripe whose total differs from FlexSync's; nothing final is changed."""

from typing import Any

from billing.events import Kind
from billing.facts import InvoiceFacts
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import finalization
from integrations.providers.stripe.translate import invoice_lines
from integrations.providers.stripe.translate import invoices as translate


def correct(outbound: Outbound, facts: InvoiceFacts, invoice_id: str, stripe_id: str) -> None:
    """Reads the draft again if its noted total differs, and replaces its lines if it still differs.

    Each attempt has steps of its own, because what an earlier one saw may have changed since.
    """
    notes = outbound.notes_of(Kind.INVOICE, invoice_id)
    # Where finalizing has failed before, a person may have changed the draft since.
    if notes.get("total") in (None, invoice_lines.total(facts)) and not outbound.has_begun(finalization.STEP):
        return
    number = int(notes.get("mends") or 0) + 1
    draft = outbound.look(f"look-{number}", "invoices.retrieve", {}, target=stripe_id, annotate=_draft_notes)
    if outbound.dry or draft["status"] != "draft" or draft["total"] == invoice_lines.total(facts):
        return
    _remove_lines(outbound, draft, stripe_id, number)
    outbound.once(
        f"lines-{number}",
        "invoices.add_lines",
        invoice_lines.add_lines_params(facts),
        target=stripe_id,
        annotate=lambda response: {**total_notes(response), "mends": number},
    )


def _draft_notes(response: Json) -> dict[str, Any]:
    """As below, unless it was finalized by a call whose answer was lost: then that is to be seen first."""
    return {} if response.get("status") not in (None, "draft") else total_notes(response)


def total_notes(response: Json) -> dict[str, Any]:
    """The total of Stripe's draft, as it is noted; the placeholder response of a dry run has none."""
    breakdown = translate.breakdown(response) if "total" in response else ""
    return {"total": response.get("total"), "breakdown": breakdown}


def _remove_lines(outbound: Outbound, draft: Json, stripe_id: str, number: int) -> None:
    """Removes all lines, as many at a time as a response shows (page "Bulk remove invoice line items")."""
    rounds = 0
    while shown := draft["lines"]["data"]:
        rounds += 1
        step = f"clear-{number}-{rounds}"
        lines = [{"id": line["id"], "behavior": "delete"} for line in shown]
        draft = outbound.once(step, "invoices.remove_lines", {"lines": lines}, target=stripe_id)
