"""Objects as API versions before 2025-03-31 spell them: alone, or beside the new names.

By Stripe's changelog of 2025-03-31.basil (parents, prices and taxes of lines, payments of invoices, periods
of items, refunds of credit notes), of 2024-10-28.acacia (credits before tax) and of 2024-04-10 (features).
Endpoints of older versions are sent both spellings today.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.providers.stripe.version import API_VERSION

Json = dict[str, Any]


@dataclass(frozen=True)
class Spelling:
    """``version``: of the endpoint; ``is_old``, ``is_new``: which names it is sent.

    ``is_outdated``: the old names say what the object was before its changes, so that the new ones must win.
    """

    name: str
    version: str
    is_old: bool
    is_new: bool
    is_outdated: bool = False


PINNED = Spelling("pinned", API_VERSION, is_old=False, is_new=True)
SPELLINGS = (
    PINNED,
    Spelling("2023-10-16", "2023-10-16", is_old=True, is_new=False),
    Spelling("acacia", "2025-02-24.acacia", is_old=True, is_new=False),
    Spelling("both", "2025-02-24.acacia", is_old=True, is_new=True),
    Spelling("both, the old outdated", "2025-02-24.acacia", is_old=True, is_new=True, is_outdated=True),
)

# What is new, and what each kind's function says in the old names.
_NEW = {
    "invoice": (
        "amount_overpaid", "amount_paid_off_stripe", "confirmation_secret", "parent", "payments", "total_taxes"
    ),
    "line_item": ("parent", "pricing", "quantity_decimal", "subtotal", "taxes"),
    "subscription": ("billing_mode", "billing_schedules"),
    "subscription_item": ("current_period_end", "current_period_start", "billed_until"),
    "credit_note": ("post_payment_amount", "pre_payment_amount", "refunds", "total_taxes"),
    "credit_note_line_item": ("taxes",),
    "payment_intent": ("payment_details",),
}  # fmt: skip
_SINCE_2024 = {
    "invoice": ("total_pretax_credit_amounts",),
    "line_item": ("pretax_credit_amounts",),
    "credit_note": ("pretax_credit_amounts",),
    "credit_note_line_item": ("pretax_credit_amounts",),
    "subscription": ("discounts",),
    "subscription_item": ("discounts",),
    "product": ("marketing_features",),
}


def spelled(value: Any, spelling: Spelling, old: Any = None) -> Any:
    """``value`` with all objects in it in that spelling; a copy.

    ``old``: what the old names say, where that is something else.
    """
    old = old if type(old) is type(value) else value
    if isinstance(value, list):
        said = old if len(old) == len(value) else value
        return [spelled(one, spelling, before) for one, before in zip(value, said, strict=True)]
    if not isinstance(value, dict):
        return value
    found = {name: spelled(one, spelling, old.get(name)) for name, one in value.items()}
    if not spelling.is_old:
        return found
    kind = value.get("object", "")
    if not spelling.is_new:
        gone = _NEW.get(kind, ()) + (_SINCE_2024.get(kind, ()) if spelling.version < "2024" else ())
        found = {name: one for name, one in found.items() if name not in gone}
    return found | (_OLD[kind](old) if kind in _OLD else {})


def _invoice(new: Json) -> Json:
    details = (new.get("parent") or {}).get("subscription_details") or {}
    paid_by = [one["payment"] for one in (new.get("payments") or {}).get("data", [])]
    taxes = new["total_taxes"]
    return {
        "application_fee_amount": None,
        "charge": next((one.get("charge") for one in paid_by), None),
        "discount": None,
        "paid": new["status"] == "paid",
        "paid_out_of_band": bool(new.get("amount_paid_off_stripe")),
        "payment_intent": next((one.get("payment_intent") for one in paid_by), None),
        "quote": None,
        "subscription": details.get("subscription"),
        "subscription_details": {"metadata": details.get("metadata")},
        "tax": sum(one["amount"] for one in taxes) if taxes else None,
        "total_tax_amounts": _taxes(taxes),
        "transfer_data": None,
    }


def _taxes(taxes: list[Json] | None) -> list[Json]:
    return [
        {
            "amount": one["amount"],
            "inclusive": one["tax_behavior"] == "inclusive",
            "tax_rate": (one.get("tax_rate_details") or {}).get("tax_rate"),
            "taxability_reason": one["taxability_reason"],
            "taxable_amount": one["taxable_amount"],
        }
        for one in taxes or []
    ]


def _line(new: Json) -> Json:
    parent, pricing = new.get("parent") or {}, new["pricing"]
    item, subscribed = parent.get("invoice_item_details") or {}, parent.get("subscription_item_details") or {}
    details = item or subscribed
    inclusive = sum(one["amount"] for one in new["taxes"] or [] if one["tax_behavior"] == "inclusive")
    return {
        "amount_excluding_tax": new["amount"] - inclusive,
        "invoice_item": details.get("invoice_item"),
        "plan": None,
        "price": pricing and _price(pricing, new["currency"]),
        "proration": bool(details.get("proration")),
        "proration_details": {"credited_items": None},
        "subscription": details.get("subscription"),
        "tax_amounts": _taxes(new["taxes"]),
        "tax_rates": [],
        "type": "subscription" if subscribed else "invoiceitem",
        "unit_amount_excluding_tax": None,
    } | ({"subscription_item": subscribed["subscription_item"]} if subscribed else {})


def _price(pricing: Json, currency: str) -> Json:
    """The whole price in the place of its id and amount."""
    exact = pricing["unit_amount_decimal"]
    is_whole = exact is not None and exact.lstrip("-").isdigit()
    return {
        "id": (pricing["price_details"] or {}).get("price"),
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "currency": currency,
        "metadata": {},
        "product": (pricing["price_details"] or {}).get("product"),
        "type": "one_time",
        "unit_amount": int(exact) if is_whole else None,
        "unit_amount_decimal": exact,
    }


def _subscription(new: Json) -> Json:
    items = new["items"]["data"]
    only = items[0] if len(items) == 1 else {}
    return {
        "current_period_start": max(one["current_period_start"] for one in items),
        "current_period_end": min(one["current_period_end"] for one in items),
        "discount": None,
        "plan": only.get("plan"),
        "quantity": only.get("quantity"),
    }


def _intent(new: Json) -> Json:
    return {"invoice": (new["payment_details"] or {}).get("order_reference")}


def _credit_note(new: Json) -> Json:
    return {
        "refund": next((one["refund"] for one in new["refunds"]), None),
        "tax_amounts": _taxes(new["total_taxes"]),
    }


def _credit_note_line(new: Json) -> Json:
    return {"tax_amounts": _taxes(new["taxes"]), "tax_rates": [], "unit_amount_excluding_tax": None}


def _product(new: Json) -> Json:
    return {"features": new["marketing_features"]}


_OLD: dict[str, Callable[[Json], Json]] = {
    "invoice": _invoice,
    "line_item": _line,
    "subscription": _subscription,
    "payment_intent": _intent,
    "charge": lambda _new: {"invoice": None},
    "credit_note": _credit_note,
    "credit_note_line_item": _credit_note_line,
    "product": _product,
}
