"""How much a credit note credits, and where it goes: off what is owed, or back to the customer.

Source: Stripe API reference, "Create a credit note"; Stripe docs, "Issue credit notes".
"""

from typing import Any

from ...errors import InvalidRequest
from ...state.account import Account, Object
from .lines import line_total
from .refunds import refunded_without_note

_RETURNED = ("refund_amount", "credit_amount", "out_of_band_amount")


def credited_amount(params: dict[str, Any], lines: list[Object]) -> int:
    """Return the amount in minor units: as given, or of the lines."""
    if "amount" not in params and not lines:
        raise InvalidRequest(
            "One of `amount`, `lines`, or `shipping_cost` must be provided.", code="parameter_missing"
        )
    from_lines = sum(line_total(line) for line in lines)
    amount: int = params.get("amount", from_lines)
    if amount <= 0:
        raise InvalidRequest("A credit note needs an amount greater than zero.", param="amount")
    if lines and amount != from_lines:
        raise InvalidRequest(f"The lines add up to {from_lines}, not to {amount}.", param="amount")
    return amount


def split(
    account: Account, invoice: Object, params: dict[str, Any], amount: int, linked: int
) -> tuple[int, int]:
    """Return the amount that lowers what is still owed, and the amount that goes back."""
    _check_creditable(account, invoice, amount, linked)
    pre = min(amount, invoice["amount_remaining"])
    post = amount - pre
    given = linked + sum(_returned(params, name) for name in _RETURNED)
    if given != post:
        raise InvalidRequest(
            f"The sum of credit_amount, refund_amount, out_of_band_amount and refunds ({given}) must equal the post-payment"
            f" amount ({post}).",
            param="refund_amount",
        )
    return pre, post


def _check_creditable(account: Account, invoice: Object, amount: int, linked: int) -> None:
    """Refuse more than the invoice's total, all credit notes and other refunds together."""
    noted = invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
    others = refunded_without_note(account, invoice) - linked
    creditable = max(0, invoice["total"] - noted - others)
    if amount > creditable:
        raise InvalidRequest(
            f"The credit note's amount ({amount}) is more than the invoice's creditable amount ({creditable}).",
            param="amount",
        )


def _returned(params: dict[str, Any], name: str) -> int:
    amount: int = params.get(name, 0)
    if amount < 0:
        raise InvalidRequest("Invalid non-negative integer", code="parameter_invalid_integer", param=name)
    return amount


def type_of(pre: int, post: int) -> str:
    """Return whether a credit note is for what was owed, for what was paid, or for both."""
    return "mixed" if pre and post else "post_payment" if post else "pre_payment"
