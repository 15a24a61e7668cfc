"""Credit notes: one kind and one refund became amounts and refunds, taxes as of invoices (2025-03-31)."""

from typing import Any

from integrations.providers.stripe.translate.fields import Json, read_id, read_list, read_object, read_whole
from integrations.providers.stripe.translate.older_spellings import invoice_lines
from integrations.providers.stripe.translate.older_spellings.renaming import fill, unchanged_or, without

_OLD = frozenset(("refund", "tax_amounts", "total_tax_amounts"))


def current(note: Json) -> Json:
    """A credit note with its lines."""
    known = read_list(note, "lines")
    lines = unchanged_or(known, _line)
    if _OLD.isdisjoint(note) and lines is known and "pre_payment_amount" in note:
        return note
    new = without(note, _OLD) | {"lines": {**read_object(note, "lines"), "data": lines}}
    taxes = invoice_lines.taxes(note, "total_tax_amounts") or invoice_lines.taxes(note)
    return fill(new, {"pre_payment_amount": _before(note), "refunds": _refunds(note), "total_taxes": taxes})


def _line(line: Json) -> Json:
    if "tax_amounts" not in line:
        return line
    return fill(without(line, ("tax_amounts",)), {"taxes": invoice_lines.taxes(line)})


def _before(note: Json) -> int:
    return read_whole(note, "amount") if note.get("type") == "pre_payment" else 0


def _refunds(note: Json) -> list[dict[str, Any]]:
    """The one refund, over all that went back of what was paid and not out of band."""
    name = read_id(note, "refund")
    if not name:
        return []
    back = read_whole(note, "amount") - _before(note) - read_whole(note, "out_of_band_amount", 0)
    return [{"type": "refund", "refund": name, "amount_refunded": back}]
