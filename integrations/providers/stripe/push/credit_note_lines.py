"""Which lines of Stripe's invoice a credit note's lines are: found by FlexSync's ids in their metadata."""

from typing import Any

from billing.models import CreditNote
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.translate import credit_note_params, metadata
from integrations.providers.stripe.translate.fields import read_objects

PAGE = 100


def params(outbound: Outbound, note: CreditNote, stripe_id: str) -> list[dict[str, Any]]:
    """The lines as Stripe takes them, [] for a credit note of an amount."""
    named = {line["invoice_line_item_id"] for line in note.lines} - {""}
    found = _stripe_lines(outbound, note, stripe_id) if named else {}
    return [credit_note_params.line(one, note.currency, found) for one in note.lines]


def _stripe_lines(outbound: Outbound, note: CreditNote, stripe_id: str) -> dict[str, Json]:
    """Stripe's lines by FlexSync's ids."""
    lines: list[Json] = []
    number, more = 0, True
    while more:
        number += 1
        page = outbound.once(
            f"lines-{note.pk}-{number}",
            "invoices.line_items.list",
            {"limit": PAGE} | ({"starting_after": lines[-1]["id"]} if lines else {}),
            target=stripe_id,
            repeatable=True,
        )
        lines += read_objects(page, "data")
        more = bool(page.get("has_more"))
    return {metadata.of(line).get(metadata.LINE_ITEM_ID, ""): line for line in lines}
