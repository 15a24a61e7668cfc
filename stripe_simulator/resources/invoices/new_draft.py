"""A new draft invoice, with every attribute of the pinned API version."""

from typing import Any

from ...amounts.currencies import checked_currency
from ...errors import InvalidRequest
from ...metadata import merged
from ...state.account import Account, Object
from ..catalog.discounts import new_discounts
from ..catalog.tax_rates import usable_rates
from ..customers.tax_ids import shown_tax_ids
from .invoice_options import check_options, set_moments, shown_settings


def draft(
    account: Account, customer: Object, params: dict[str, Any], billing_reason: str = "manual"
) -> Object:
    """Return a draft that is not yet stored, without lines."""
    id = account.new_id("in")
    currency = checked_currency(params.get("currency") or customer["currency"] or "usd")
    owner = {"invoice": id, "customer": customer["id"]}
    check_options(account, customer["id"], params)
    rates = usable_rates(account, params.get("default_tax_rates"), "default_tax_rates")
    invoice = {
        "id": id,
        "object": "invoice",
        "auto_advance": params.get("auto_advance", False),
        "billing_reason": billing_reason,
        "collection_method": params.get("collection_method", "charge_automatically"),
        "created": account.now,
        "currency": currency,
        "customer": customer["id"],
        "custom_fields": params.get("custom_fields"),
        "default_payment_method": params.get("default_payment_method"),
        "default_tax_rates": [account.render(rate) for rate in rates],
        "description": params.get("description"),
        "discounts": new_discounts(account, params.get("discounts"), currency, **owner),
        "due_date": _due_date(account, params),
        "automatically_finalizes_at": params.get("automatically_finalizes_at"),
        "test_clock": customer["test_clock"],
        "effective_at": params.get("effective_at"),
        "footer": params.get("footer"),
        "metadata": merged({}, params.get("metadata") or {}),
        "number": params.get("number"),
        "statement_descriptor": params.get("statement_descriptor"),
        "period_end": account.now,
        "period_start": account.now,
        "webhooks_delivered_at": account.now,
        "_lines": [],
    }
    complete = _of_customer(account, customer) | _amounts() | _unset() | invoice
    complete.update(shown_settings(params, complete))
    set_moments(account, complete)
    return complete


def _due_date(account: Account, params: dict[str, Any]) -> int | None:
    if params.get("collection_method") == "send_invoice":
        if params.get("due_date"):
            return int(params["due_date"])
        if params.get("days_until_due") is None:
            raise InvalidRequest(
                "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'."
            )
        return int(account.now + params["days_until_due"] * 86400)
    return None


def _of_customer(account: Account, customer: Object) -> Object:
    names = ("address", "email", "name", "phone", "shipping", "tax_exempt")
    shown = {f"customer_{name}": customer[name] for name in names}
    return shown | {"customer_tax_ids": shown_tax_ids(account, customer)}


def _amounts() -> Object:
    zero = ("amount_due", "amount_overpaid", "amount_paid", "amount_remaining", "amount_shipping", "attempt_count",
            "post_payment_credit_notes_amount", "pre_payment_credit_notes_amount", "starting_balance", "subtotal",
            "subtotal_excluding_tax", "total", "total_excluding_tax")  # fmt: skip
    empty = ("total_discount_amounts", "total_pretax_credit_amounts", "total_taxes")
    return dict.fromkeys((*zero, "_paid_off_stripe"), 0) | {name: [] for name in empty}


def _unset() -> Object:
    null = ("account_tax_ids", "application", "default_source", "ending_balance",
            "from_invoice", "hosted_invoice_url", "invoice_pdf", "last_finalization_error", "latest_revision",
            "on_behalf_of", "parent", "receipt_number", "shipping_cost", "shipping_details")  # fmt: skip
    transitions = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
    return dict.fromkeys(null) | {
        "account_country": "US",
        "account_name": "Stripe simulator",
        "attempted": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "issuer": {"type": "self"},
        "livemode": False,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "rendering": {
            "amount_tax_display": None,
            "pdf": {"page_size": "auto"},
            "template": None,
            "template_version": None,
        },
        "status": "draft",
        "status_transitions": dict.fromkeys(transitions),
    }
