"""An invoice with discount and tax is pushed, step by step, and its totals agree to the cent."""

from decimal import Decimal
from typing import Any

from demo.steps import Demo
from demo.waiting import until

TITLE = "An invoice, pushed to Stripe step by step"
LINES = [
    {"description": "Growth plan, November", "quantity": "1", "unit_amount": "249.00"},
    {"description": "API calls", "quantity": "120000", "unit_amount": "0.0005", "discount": "12.00"},
    {"description": "Priority support", "quantity": "2", "unit_amount": "75.50"},
]
TAX = {"tax_name": "VAT", "tax_percentage": "21"}


def run(demo: Demo) -> None:
    """Creates, finalizes and pushes the invoice, and compares it with Stripe's."""
    report, invoice = demo.report, _create(demo)
    customer = until("the customer is in Stripe", lambda: demo.stripe_id("customer", invoice["customer_id"]))
    report.check("its customer is in Stripe", bool(customer), customer)
    report.check("the invoice is not mapped yet", demo.mapping("invoice", invoice["id"]) is None)
    invoice = demo.flexsync.post(f"/v1/invoices/{invoice['id']}/finalize")
    report.check(
        f"{invoice['number']} is finalized in FlexSync",
        invoice["status"] == "finalized",
        f"{invoice['total']} EUR",
    )
    report.say(f"POST /v1/invoices/{invoice['id']}/sync/stripe")
    demo.flexsync.post(f"/v1/invoices/{invoice['id']}/sync/stripe?wait=20")
    _show_push(demo, invoice["id"])
    _compare(demo, invoice)


def _create(demo: Demo) -> dict[str, Any]:
    """Creates the invoice, a draft, and prints its lines."""
    lines, customer_id = [line | TAX for line in LINES], demo.results["customer"]["id"]
    body = {"customer_id": customer_id, "currency": "EUR", "lines": lines}
    invoice: dict[str, Any] = demo.flexsync.post("/v1/invoices", body)
    rows = [(line["description"], line["amount"], line["discount"], line["tax"]) for line in invoice["lines"]]
    totals = ("total " + invoice["total"], invoice["subtotal"], invoice["discounts"], invoice["tax"])
    demo.report.table(("line", "amount", "amount off", "amount of VAT"), [*rows, totals])
    return invoice


def _compare(demo: Demo, invoice: dict[str, Any]) -> None:
    """Compares FlexSync's invoice with Stripe's, after the push."""
    report, cents = demo.report, Decimal(invoice["total"]) * 100
    mapping = demo.mapping("invoice", invoice["id"]) or {"metadata": {}}
    compared = mapping["metadata"].get("total")
    report.check("the push compared the totals before finalizing", compared == cents, f"{compared} cents")
    remote = demo.stripe.get(f"/v1/invoices/{mapping['provider_entity_id']}")
    number, status, total = remote["number"], remote["status"], remote["total"]
    report.check("the invoice is finalized in Stripe", status == "open", f"{number} {status}")
    pair = f"{invoice['id']} = {remote['id']}"
    report.check("the two invoices are mapped to each other", mapping["entity_id"] == invoice["id"], pair)
    equal, shown = total == remote["amount_due"] == cents, f"{invoice['total']} EUR = {total} cents"
    report.check("both totals are equal to the cent", equal, shown)
    demo.results |= {"invoice": invoice, "stripe_invoice": remote}


def _show_push(demo: Demo, invoice_id: str) -> None:
    """Prints the recorded calls of the push, which finalizing or the request above has started."""

    def calls() -> list[dict[str, str]]:
        done = demo.flexsync.get("/v1/syncs", entity_id=invoice_id, state="done")["items"]
        shown = [demo.flexsync.get(f"/v1/syncs/{sync['id']}")["calls"] for sync in done]
        return max(shown, key=len, default=[])

    steps = until("the push is finished", calls)
    rows = (
        (call["step"], call["operation"] or "-", call["state"], call["request_id"] or "") for call in steps
    )
    demo.report.table(("step", "call", "state", "Stripe's request id"), rows)
    made = [call for call in steps if call["request_id"]]
    demo.report.check("the whole push took 3 calls to Stripe", len(made) == 3, len(made))
