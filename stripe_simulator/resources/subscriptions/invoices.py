"""Invoices created by subscriptions. Source: Stripe docs, "Subscription invoices"."""

from decimal import Decimal

from ...state.account import Account, Object
from ..catalog.price_currencies import in_currency
from ..invoices.invoice_options import plan_finalization
from ..invoices.item_of_line import assign, pending_items
from ..invoices.line_pricing import pricing_of
from ..invoices.lines import bare_line
from ..invoices.new_draft import draft
from ..invoices.totals import recompute
from .amounts import item_amount
from .discounts import discounts_now, use_up


def invoice_for(account: Account, subscription: Object, items: list[Object], reason: str) -> Object:
    """Return a draft with a line per item, which advances automatically unless collection is paused."""
    customer = account.get("customer", subscription["customer"], "customer")
    params = {
        "auto_advance": subscription["pause_collection"] is None,
        "collection_method": subscription["collection_method"],
        "currency": subscription["currency"],
        "days_until_due": subscription["days_until_due"],
    }
    invoice = draft(account, customer, params, reason)
    invoice["default_tax_rates"] = list(subscription["default_tax_rates"])
    invoice["parent"] = {
        "quote_details": None,
        "subscription_details": {
            "metadata": dict(subscription["metadata"]),
            "subscription": subscription["id"],
            "subscription_proration_date": None,
        },
        "type": "subscription_details",
    }
    invoice["_subscription_method"] = subscription["default_payment_method"]
    invoice = account.add(invoice)
    _fill(account, invoice, subscription, items)
    subscription["latest_invoice"] = invoice["id"]
    account.emit("invoice.created", invoice)
    plan_finalization(account, invoice)
    return invoice


def _fill(account: Account, invoice: Object, subscription: Object, items: list[Object]) -> None:
    """Add the items pending for the customer or the subscription, then a line per item, newest first."""
    for pending in pending_items(account, invoice["customer"], invoice["currency"], subscription["id"]):
        assign(account, pending, invoice)
    for item in reversed(items):
        line = account.add(_line(account, invoice, subscription, item))
        invoice["_lines"] = [*invoice["_lines"], line["id"]]
    invoice["discounts"] = discounts_now(account, subscription)
    recompute(account, invoice)
    use_up(account, invoice, subscription, *items)


def subscription_of(account: Account, invoice: Object) -> Object | None:
    """Return the subscription that an invoice belongs to."""
    details = (invoice["parent"] or {}).get("subscription_details") or {}
    return account.find("subscription", details.get("subscription"))


def _line(account: Account, invoice: Object, subscription: Object, item: Object) -> Object:
    price, trial = account.objects[item["price"]["id"]], subscription["status"] == "trialing"
    quantity, first = Decimal(item["quantity"] or 0), invoice["billing_reason"] == "subscription_create"
    amount = item_amount(account, subscription, item, first)
    product = account.find("product", price["product"]) or {"name": "deleted product"}
    text = f"Trial period for {product['name']}" if trial else f"{quantity} × {product['name']}"
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription["id"],
        "subscription_item": item["id"],
    }
    return bare_line(
        account, invoice, amount, pricing_of(in_currency(price, invoice["currency"]) or price), quantity
    ) | {
        "description": text,
        "discounts": discounts_now(account, item),
        "metadata": dict(item["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
        "subscription": subscription["id"],
        "_tax_rates": [rate["id"] for rate in item["tax_rates"]],
    }
