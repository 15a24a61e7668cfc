"""An invoice with discount and tax is pushed, step by step, and both sides agree to the cent."""

from decimal import Decimal
from typing import Any

from demo.clients import until
from demo.steps import Cast

TITLE = "An invoice, pushed to Stripe step by step"
LINES = [
    {"description": "Growth plan, November", "quantity": "1", "unit_amount": "249.00"},
    {"description": "API calls", "quantity": "120000", "unit_amount": "0.0005", "discount": "12.00"},
    {"description": "Priority support", "quantity": "2", "unit_amount": "75.50"},
]
TAX = {"tax_name": "VAT", "tax_percentage": "21"}


def play(cast: Cast) -> None:
    """Creates, finalizes and pushes the invoice: customer, mapping, draft, lines, totals, finalization, mapping."""
    stage, invoice = cast.stage, _create(cast)
    customer = until("the customer is ensured", lambda: cast.twin("customer", invoice["customer_id"]))
    stage.check("customer ensured in Stripe", bool(customer), customer)
    stage.check("no mapping yet", cast.mapping("invoice", invoice["id"]) is None)
    invoice = cast.flexsync.post(f"/v1/invoices/{invoice['id']}/finalize")
    stage.check(
        f"{invoice['number']} finalized here", invoice["status"] == "finalized", f"{invoice['total']} EUR"
    )
    stage.say(f"POST /v1/invoices/{invoice['id']}/sync/stripe")
    cast.flexsync.post(f"/v1/invoices/{invoice['id']}/sync/stripe?wait=20")
    _show_push(cast, invoice["id"])
    _compare(cast, invoice)


def _create(cast: Cast) -> dict[str, Any]:
    """The invoice, a draft, shown line by line."""
    lines, customer_id = [line | TAX for line in LINES], cast.seen["customer"]["id"]
    body = {"customer_id": customer_id, "currency": "EUR", "lines": lines}
    invoice: dict[str, Any] = cast.flexsync.post("/v1/invoices", body)
    rows = [(line["description"], line["amount"], line["discount"], line["tax"]) for line in invoice["lines"]]
    totals = ("total " + invoice["total"], invoice["subtotal"], invoice["discounts"], invoice["tax"])
    cast.stage.table(("line", "amount", "amount off", "amount of VAT"), [*rows, totals])
    return invoice


def _compare(cast: Cast, invoice: dict[str, Any]) -> None:
    """Both sides, after the push."""
    stage, cents = cast.stage, Decimal(invoice["total"]) * 100
    mapping = cast.mapping("invoice", invoice["id"]) or {"metadata": {}}
    compared = mapping["metadata"].get("total")
    stage.check("totals compared before finalizing", compared == cents, f"draft {compared} cents")
    there = cast.stripe.get(f"/v1/invoices/{mapping['provider_entity_id']}")
    stage.check("finalized in Stripe", there["status"] == "open", f"{there['number']} {there['status']}")
    stage.check("mapping", mapping["entity_id"] == invoice["id"], f"{invoice['id']} = {there['id']}")
    equal = there["total"] == there["amount_due"] == cents
    stage.check(
        "both totals are equal to the cent", equal, f"{invoice['total']} EUR = {there['total']} cents"
    )
    cast.seen |= {"invoice": invoice, "stripe_invoice": there}


def _show_push(cast: Cast, invoice_id: str) -> None:
    """The recorded steps of the push, whoever started it first: finalizing, or our call."""

    def calls() -> list[dict[str, str]]:
        done = cast.flexsync.get("/v1/syncs", entity_id=invoice_id, state="done")["items"]
        shown = [cast.flexsync.get(f"/v1/syncs/{sync['id']}")["calls"] for sync in done]
        return max(shown, key=len, default=[])

    steps = until("the push is done", calls)
    rows = (
        (call["step"], call["operation"] or "-", call["state"], call["request_id"] or "") for call in steps
    )
    cast.stage.table(("step", "call", "state", "Stripe's request"), rows)
    made = [call for call in steps if call["request_id"]]
    cast.stage.check("the whole push took 3 calls to Stripe", len(made) == 3, len(made))
