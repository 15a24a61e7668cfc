"""How much of a line a credit note credits, and what of it was credited before.

Source: Stripe docs, "Generate credit notes programmatically"; the wording of the refusals is assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...amounts.money import rounded
from ...errors import InvalidRequest
from ...state.account import Account, Object

_OF_CUSTOM_LINES = ("unit_amount", "unit_amount_decimal", "description", "tax_rates")
_OF_INVOICE_LINES = ("amount", "invoice_line_item")


@dataclass(frozen=True)
class Credited:
    """What is credited of a line: an amount in minor units, and a quantity if it is credited by quantity."""

    amount: int = 0
    quantity: int = 0


def credited_before(account: Account, invoice: Object, line_id: str, new: Iterable[Object]) -> Credited:
    """Return what issued credit notes, and the new lines of this one, have credited of a line."""
    notes = [account.objects[id] for id in invoice.get("_credit_notes", [])]
    issued = [note for note in notes if note["status"] == "issued"]
    lines = [account.objects[id] for note in issued for id in note["_lines"]]
    same = [line for line in (*lines, *new) if line["invoice_line_item"] == line_id]
    return Credited(sum(line["amount"] for line in same), sum(line["quantity"] or 0 for line in same))


def amount_of_custom_line(given: dict[str, Any], at: str) -> int:
    """Return the amount of a line of its own: the unit amount times the quantity, never below zero."""
    _refuse(given, _OF_INVOICE_LINES, "invoice_line_item", at)
    units = [name for name in ("unit_amount", "unit_amount_decimal") if name in given]
    if len(units) > 1:
        raise _exclusive(f"{at}[unit_amount]", *units)
    for name in (units or ["unit_amount"])[0], "quantity":
        if name not in given:
            raise _absent(at, name)
    _require_positive(given["quantity"], f"{at}[quantity]")
    if given[units[0]] < 0:
        raise InvalidRequest(
            "A negative amount can only be credited of an invoice line item.", param=f"{at}[{units[0]}]"
        )
    return rounded(Decimal(given[units[0]]) * int(given["quantity"]))


def amount_of_invoice_line(given: dict[str, Any], line: Object, before: Credited, at: str) -> int:
    """Return the amount that is credited of a line of the invoice: as given, or a quantity's share."""
    _refuse(given, _OF_CUSTOM_LINES, "custom_line_item", at)
    if "amount" in given and "quantity" in given:
        raise _exclusive(f"{at}[amount]", "amount", "quantity")
    if "amount" not in given and "quantity" not in given:
        raise _absent(at, "amount")
    if "quantity" in given:
        return _by_quantity(int(given["quantity"]), line, before, f"{at}[quantity]")
    if before.quantity:
        raise InvalidRequest(
            "This line item was credited by quantity before, and can only be credited by quantity.",
            param=f"{at}[amount]",
        )
    _check_left(int(given["amount"]), line["amount"] - before.amount, f"{at}[amount]")
    return int(given["amount"])


def _by_quantity(quantity: int, line: Object, before: Credited, at: str) -> int:
    if before.amount and not before.quantity:
        raise InvalidRequest(
            "This line item was credited by amount before, and can only be credited by amount.", param=at
        )
    _require_positive(quantity, at)
    whole = line["quantity"] or 0
    if quantity > whole - before.quantity:
        raise InvalidRequest(f"The quantity must be at most {whole - before.quantity}.", param=at)
    return rounded(Decimal(line["amount"]) * (before.quantity + quantity) / whole) - before.amount


def _check_left(amount: int, left: int, at: str) -> None:
    """Refuse more than is left of the line; of a negative line a negative amount is credited."""
    if not (0 < amount <= left or left <= amount < 0):
        raise InvalidRequest(f"The amount must be between 0 and {left}.", param=at)


def _require_positive(quantity: int, at: str) -> None:
    if quantity < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=at
        )


def _refuse(given: dict[str, Any], names: tuple[str, ...], type: str, at: str) -> None:
    for name in names:
        if name in given:
            raise InvalidRequest(f"`{name}` is only valid when the type is `{type}`.", param=f"{at}[{name}]")


def _absent(at: str, name: str) -> InvalidRequest:
    return InvalidRequest(
        f"Missing required param: {at}[{name}].", code="parameter_missing", param=f"{at}[{name}]"
    )


def _exclusive(at: str, *names: str) -> InvalidRequest:
    return InvalidRequest(
        f"You may only specify one of these parameters: {', '.join(names)}.",
        code="parameters_exclusive",
        param=at,
    )
