"""Golden events in the spellings of older API versions, and with old and new names side by side.

Sources: Stripe's changelog of 2025-03-31 (prices, parents, taxes and payments of invoices, periods of
items), 2022-11-15 (charges of PaymentIntents), 2018-11-08 and 2019-03-14 (status and date of invoices),
2016-07-06 (items of subscriptions), 2014-12-08 (evidence of disputes).
"""

from copy import deepcopy
from typing import Any

from integrations.providers.stripe.tests.golden_recording import Recorder

ACACIA, CHARGES, FIRST = "2025-02-24.acacia", "2020-08-27", "2013-12-03"
PERIOD = ("current_period_start", "current_period_end")
Json = dict[str, Any]


def derive(record: Recorder) -> None:
    """Each from its event in the pinned version."""
    record.derive("invoice_paid__mixed", "invoice_paid__renewal", _mixed)
    intent = record.kept["payment_intent_succeeded__renewal"]["data"]["object"]["id"]
    for variant in ("renewal", "mixed"):
        source = f"invoice_paid__{variant}"
        record.derive(f"{source}_old", source, lambda one: old_invoice(one, intent), api_version=ACACIA)
        record.derive(f"{source}_both", source, lambda one: both_invoice(one, intent), api_version=ACACIA)
    record.derive(
        "invoice_paid__mixed_first", "invoice_paid__mixed", lambda one: _first_invoice(one), api_version=FIRST
    )
    subscription = "customer_subscription_created__one_item"
    record.derive("customer_subscription_created__both", subscription, _both_periods, api_version=ACACIA)
    record.derive(
        "customer_subscription_created__first", subscription, _first_subscription, api_version=FIRST
    )
    intent_name = "payment_intent_succeeded__external"
    record.derive("payment_intent_succeeded__charges", intent_name, _charges, api_version=CHARGES)
    record.derive("payment_intent_succeeded__both", intent_name, _both_charges, api_version=CHARGES)
    note = "credit_note_created__plain"
    record.derive("credit_note_created__old", note, _old_note, api_version=ACACIA)
    record.derive("credit_note_created__both", note, _both_note, api_version=ACACIA)
    record.derive("refund_created__first", "refund_created__partial", _first_refund, api_version=FIRST)
    taken = "charge_dispute_funds_withdrawn"
    record.derive(f"{taken}__first", f"{taken}__won", _first_dispute, api_version=FIRST)


def old_invoice(invoice: Json, intent: str) -> None:
    """The invoice as API versions before 2025-03-31 have it."""
    invoice.update(_old_names(invoice, intent))
    for name in ("parent", "payments", "confirmation_secret", "amount_overpaid", "total_taxes"):
        invoice.pop(name, None)
    for line in invoice["lines"]["data"]:
        line.update(_old_line(line))
        for name in ("pricing", "parent", "taxes", "subtotal"):
            line.pop(name, None)


def both_invoice(invoice: Json, intent: str) -> None:
    """The invoice as endpoints of such versions are sent it today: with old and new names."""
    invoice.update(_old_names(invoice, intent))
    for line in invoice["lines"]["data"]:
        line.update(_old_line(line))


def _old_names(invoice: Json, intent: str) -> Json:
    details = invoice["parent"]["subscription_details"]
    return {
        "charge": "ch_1",
        "discount": None,
        "paid": True,
        "paid_out_of_band": False,
        "payment_intent": intent,
        "quote": None,
        "subscription": details["subscription"],
        "subscription_details": {"metadata": details.get("metadata")},
        "tax": sum(tax["amount"] for tax in invoice["total_taxes"]),
        "total_tax_amounts": [_old_tax(one) for one in invoice["total_taxes"]],
    }


def _old_line(line: Json) -> Json:
    pricing, parent = line["pricing"], line["parent"] or {}
    item, subscribed = parent["invoice_item_details"] or {}, parent["subscription_item_details"] or {}
    price = {
        "id": pricing["price_details"]["price"],
        "object": "price",
        "product": pricing["price_details"]["product"],
        "unit_amount_decimal": pricing["unit_amount_decimal"],
    }
    return {
        "invoice_item": item.get("invoice_item"),
        "plan": None,
        "price": price,
        "proration": bool(item.get("proration") or subscribed.get("proration")),
        "proration_details": {"credited_items": None},
        "subscription": subscribed.get("subscription"),
        "subscription_item": subscribed.get("subscription_item"),
        "tax_amounts": [_old_tax(one) for one in line["taxes"]],
        "tax_rates": [],
        "type": "subscription" if subscribed else "invoiceitem",
    }


def _old_tax(tax: Json) -> Json:
    return {
        "amount": tax["amount"],
        "inclusive": tax["tax_behavior"] == "inclusive",
        "tax_rate": tax["tax_rate_details"]["tax_rate"],
        "taxability_reason": tax["taxability_reason"],
        "taxable_amount": tax["taxable_amount"],
    }


def _mixed(invoice: Json) -> None:
    """2.5 hours at 24.00 with 20 % inside, a proration with two rates on it, and 3 seats less a coupon."""
    seats, credit = invoice["lines"]["data"]
    hours, proration, rest = deepcopy(credit), deepcopy(seats), deepcopy(seats)
    _line(hours, "il_hours", 6000, "2400", "2.5", [_tax(1000, "inclusive")])
    taxes = [_tax(-123, "exclusive"), _tax(-62, "exclusive")]
    _line(proration, "il_proration", -1234, "1000", "3", taxes)
    proration["parent"]["subscription_item_details"]["proration"] = True
    _line(rest, "il_rest", 3000, "1000", "3", [_tax(540, "exclusive")], 300)
    invoice["lines"]["data"] = [hours, proration, rest]
    amounts = dict.fromkeys(("total", "amount_due", "amount_paid"), 7821)
    taxes = [_tax(1000, "inclusive"), _tax(355, "exclusive")]
    invoice.update(amounts, id="in_mixed", number="MIXED-1", subtotal=7766, total_taxes=taxes)


def _line(
    line: Json, id: str, amount: int, unit: str, quantity: str, taxes: list[Json], off: int = 0
) -> None:
    line["pricing"]["unit_amount_decimal"] = unit
    discounts = [{"amount": off, "discount": "di_1"}] if off else []
    line.update(id=id, amount=amount, description=id, subtotal=amount, discount_amounts=discounts)
    line.update(
        quantity=int(float(quantity)), quantity_decimal=quantity, taxes=taxes, pretax_credit_amounts=[]
    )


def _tax(amount: int, behavior: str) -> Json:
    return {
        "amount": amount,
        "tax_behavior": behavior,
        "tax_rate_details": {"tax_rate": f"txr_{behavior}"},
        "taxability_reason": "standard_rated",
        "taxable_amount": None,
        "type": "tax_rate_details",
    }


def _first_invoice(invoice: Json) -> None:
    """As in 2013: flags for the status, a date, and tax and discount of the whole invoice alone."""
    old_invoice(invoice, "pi_1")
    for name in (
        "created",
        "status",
        "collection_method",
        "amount_paid",
        "amount_remaining",
        "payment_intent",
    ):
        del invoice[name]
    for name in ("total_tax_amounts", "total_discount_amounts", "status_transitions", "paid_out_of_band"):
        invoice.pop(name, None)
    _, _, rest = invoice["lines"]["data"]
    other = deepcopy(rest)
    for line, plan in ((rest, "gold"), (other, "silver")):
        line["plan"] = {"id": plan, "object": "plan", "amount": 1000, "currency": "usd", "interval": "month"}
        for name in ("price", "discount_amounts", "tax_amounts", "quantity_decimal", "pretax_credit_amounts"):
            del line[name]
    other.update(id="il_other", description="il_other", amount=1000, quantity=1)
    invoice["lines"]["data"] = [rest, other]
    invoice.update(date=1793534400, closed=True, forgiven=False, attempted=True, charge="ch_1")
    invoice.update(subtotal=4000, discount={"id": "di_1", "object": "discount"}, tax=721, tax_percent=20.0)
    invoice.update(total=4324, amount_due=4324)


def _both_periods(subscription: Json) -> None:
    (item,) = subscription["items"]["data"]
    period = {name: item[name] for name in PERIOD}
    old = {"discount": None, "plan": item["plan"], "quantity": item["quantity"]}
    subscription.update(old, **period, start=subscription["start_date"])


def _first_subscription(subscription: Json) -> None:
    """As in 2013: one plan with a quantity, without items, and no currency but the plan's."""
    _both_periods(subscription)
    subscription["plan"]["name"] = subscription["plan"].pop("nickname")
    for name in ("items", "currency", "start_date", "collection_method", "billing_cycle_anchor"):
        del subscription[name]


def _both_charges(intent: Json) -> None:
    charge = {
        "id": intent["latest_charge"],
        "object": "charge",
        "amount": intent["amount"],
        "created": intent["created"],
        "payment_method_details": {"type": "klarna", "klarna": {}},
        "status": "succeeded",
    }
    intent["charges"] = {"object": "list", "data": [charge], "has_more": False}
    intent["payment_method_types"] = ["card", "klarna"]


def _charges(intent: Json) -> None:
    _both_charges(intent)
    del intent["latest_charge"]


def _both_note(note: Json) -> None:
    note.update(refund=None, total_tax_amounts=[], tax_amounts=[])


def _old_note(note: Json) -> None:
    _both_note(note)
    for name in ("pre_payment_amount", "post_payment_amount", "refunds", "total_taxes"):
        del note[name]


def _first_refund(refund: Json) -> None:
    """As in 2013: a refund that is there has succeeded."""
    del refund["status"]


def _first_dispute(dispute: Json) -> None:
    taken = {"object": "balance_transaction", "amount": -dispute["amount"], "currency": dispute["currency"]}
    dispute["balance_transaction"] = taken
    del dispute["balance_transactions"]
    dispute["evidence_due_by"] = dispute.pop("evidence_details")["due_by"]
