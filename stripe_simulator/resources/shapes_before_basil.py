"""What invoices, subscriptions and payments looked like before 2025-03-31.basil.

Sources: Stripe's changelog of 2025-03-31.basil: multiple partial payments on invoices, prices and parents of
lines, tax amounts, and billing periods of subscription items. Links are those of the moment when an event is
sent or listed.
"""

from ..older_versions import before_basil
from ..state.account import Account, Object
from .invoices.payments import payments_of

_ADDED = ("amount_overpaid", "confirmation_secret", "payments", "parent", "total_taxes")


@before_basil("invoice")
def invoice(account: Account, shown: Object) -> None:
    """The invoice names its one payment, its charge, its subscription and whether it is paid."""
    details = (shown["parent"] or {}).get("subscription_details") or {}
    intent = _intent(account, shown["id"])
    shown.update(
        application_fee_amount=None,
        charge=intent.get("latest_charge"),
        discount=None,
        paid=shown["status"] == "paid",
        paid_out_of_band=bool(account.objects.get(shown["id"], {}).get("_paid_off_stripe")),
        payment_intent=intent.get("id"),
        quote=None,
        subscription=details.get("subscription"),
        subscription_details={"metadata": details.get("metadata")},
        tax=sum(tax["amount"] for tax in shown["total_taxes"]) if shown["total_taxes"] else None,
        total_tax_amounts=[_tax(tax) for tax in shown["total_taxes"]],
        transfer_data=None,
    )
    for name in _ADDED:
        shown.pop(name, None)


def _intent(account: Account, id: str) -> Object:
    """Return the PaymentIntent that has paid an invoice or will."""
    for payment in payments_of(account, account.objects.get(id, {})):
        intent = account.find("payment_intent", payment["payment"].get("payment_intent"))
        if intent is not None and payment["status"] != "canceled":
            return intent
    return {}


def _tax(tax: Object) -> Object:
    return {
        "amount": tax["amount"],
        "inclusive": tax["tax_behavior"] == "inclusive",
        "tax_rate": tax["tax_rate_details"]["tax_rate"],
        "taxability_reason": tax["taxability_reason"],
        "taxable_amount": tax["taxable_amount"],
    }


@before_basil("line_item")
def line_item(account: Account, shown: Object) -> None:
    """A line holds its whole price and says what made it."""
    parent = shown.pop("parent")
    item, subscribed = parent["invoice_item_details"] or {}, parent["subscription_item_details"] or {}
    shown.update(
        amount_excluding_tax=shown["amount"],
        invoice_item=item.get("invoice_item"),
        plan=None,
        price=_price(account, shown.pop("pricing"), shown["currency"]),
        proration=bool(item.get("proration")),
        proration_details={"credited_items": None},
        subscription=subscribed.get("subscription") or item.get("subscription"),
        tax_amounts=[_tax(tax) for tax in shown.pop("taxes")],
        tax_rates=[],
        type="subscription" if subscribed else "invoiceitem",
    )
    if subscribed:
        shown["subscription_item"] = subscribed.get("subscription_item")
    for name in ("quantity_decimal", "subtotal"):
        shown.pop(name, None)


@before_basil("invoiceitem")
def invoice_item(account: Account, shown: Object) -> None:
    """An invoice item holds its whole price and names its subscription."""
    details = (shown.pop("parent") or {}).get("subscription_details") or {}
    price = _price(account, shown.pop("pricing"), shown["currency"])
    shown.update(
        plan=None,
        price=price,
        subscription=details.get("subscription"),
        unit_amount=price and price["unit_amount"],
        unit_amount_decimal=price and price["unit_amount_decimal"],
    )


def _price(account: Account, pricing: Object | None, currency: str) -> Object | None:
    """Return the whole price; that of a plain amount may not be stored."""
    if pricing is None:
        return None
    details, exact = pricing["price_details"], pricing["unit_amount_decimal"]
    stored = account.find("price", details["price"])
    if stored is not None:
        return account.render(stored)
    absent = ("custom_unit_amount", "lookup_key", "nickname", "recurring", "tiers_mode", "transform_quantity")
    return dict.fromkeys(absent) | {
        "id": details["price"],
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": account.created,
        "currency": currency,
        "livemode": False,
        "metadata": {},
        "product": details["product"],
        "tax_behavior": "unspecified",
        "type": "one_time",
        "unit_amount": int(exact) if exact.lstrip("-").isdigit() else None,
        "unit_amount_decimal": exact,
    }


@before_basil("subscription")
def subscription(account: Account, shown: Object) -> None:
    """The subscription has one period, and its items have none."""
    items = shown["items"]["data"]
    shown["current_period_start"] = max(item["current_period_start"] for item in items)
    shown["current_period_end"] = min(item["current_period_end"] for item in items)
    shown["discount"] = None
    for item in items:
        del item["current_period_start"], item["current_period_end"]


@before_basil("payment_intent")
def payment_intent(account: Account, shown: Object) -> None:
    """A PaymentIntent names the invoice that it pays."""
    shown["invoice"] = _invoice(account, shown["id"])


@before_basil("charge")
def charge(account: Account, shown: Object) -> None:
    """A charge names the invoice that it pays."""
    shown["invoice"] = _invoice(account, shown["payment_intent"])


def _invoice(account: Account, intent_id: str | None) -> str | None:
    intent = account.find("payment_intent", intent_id) or {}
    paid = [account.objects[id]["invoice"] for id in intent.get("_invoice_payments", [])]
    return paid[0] if paid else None
