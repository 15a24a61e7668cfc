"""Taxes on what a credit note credits."""

from typing import Any

from ...errors import InvalidRequest, missing
from ...state.account import Account, Object
from ..catalog.tax_rates import usable_rates
from ..invoices.taxes import taxes_by_rates
from .share import Share

_MOST = 20


def taxes_of_custom_line(
    account: Account, given: dict[str, Any], amount: int, at: str
) -> tuple[list[Object], list[Object]]:
    """Return the rates and the taxes of a line of its own: by rate, or amounts as they are given."""
    if given.get("tax_rates") and given.get("tax_amounts"):
        raise InvalidRequest(
            "You may only specify one of these parameters: tax_amounts, tax_rates.",
            code="parameters_exclusive",
            param=f"{at}[tax_amounts]",
        )
    if given.get("tax_amounts"):
        return [], _given(account, given["tax_amounts"], f"{at}[tax_amounts]")
    rates = usable_rates(account, given.get("tax_rates"), f"{at}[tax_rates]")
    return rates, taxes_by_rates(rates, amount)


def taxes_of_invoice_line(
    account: Account, given: dict[str, Any], line: Object, share: Share, at: str
) -> list[Object]:
    """Return the taxes credited of a line of the invoice: its share of them, or amounts as they are given."""
    if given.get("tax_amounts") is not None:
        return _given(account, given["tax_amounts"], f"{at}[tax_amounts]")
    return [share.of(tax, "amount", "taxable_amount") for tax in line["taxes"]]


def _given(account: Account, amounts: list[dict[str, Any]], at: str) -> list[Object]:
    if len(amounts) > _MOST:
        raise InvalidRequest(f"A line can have at most {_MOST} tax amounts.", param=at)
    return [_tax(account, entry, f"{at}[{index}]") for index, entry in enumerate(amounts)]


def _tax(account: Account, entry: dict[str, Any], at: str) -> Object:
    """Return a tax by a rate that Stripe made for an amount of tax, as the reference demands."""
    rate = account.get("tax_rate", entry["tax_rate"], f"{at}[tax_rate]")
    if "_data" not in rate:
        raise missing("tax_rate", rate["id"], f"{at}[tax_rate]")
    return {
        "amount": entry["amount"],
        "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "taxability_reason": "not_available",
        "taxable_amount": entry["taxable_amount"],
        "type": "tax_rate_details",
    }
