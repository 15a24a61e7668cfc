"""Both sides act at once: a field that is edited on both, and an invoice that is paid twice."""

import time
from typing import Any

import httpx

from demo.steps import Demo
from demo.steps.checkout import CARD
from demo.waiting import until

TITLE = "Both sides act at once"


def run(demo: Demo) -> None:
    """Edits a field on both sides, and pays an invoice on both, while neither side hears of the other."""
    report, connection = demo.report, f"/v1/connections/{demo.results['connection']['id']}"
    customer = demo.results["customer"]["id"]
    there = demo.stripe_id("customer", customer)
    invoice = _invoice(demo, customer)
    page = until("the invoice has a page in Stripe", lambda: _page(demo, invoice["id"]))
    demo.flexsync.post(f"{connection}/pause")
    httpx.post(page, data=CARD, trust_env=False)
    body = {
        "customer_id": customer,
        "invoice_id": invoice["id"],
        "amount": invoice["total"],
        "currency": "EUR",
    }
    demo.flexsync.post("/v1/payments", body | {"method": "bank_transfer", "status": "succeeded"})
    _begin_a_second()
    demo.stripe.post_form(f"/v1/customers/{there}", {"phone": "+31 10 200 2000"})
    demo.flexsync.patch(f"/v1/customers/{customer}", {"phone": "+31 10 100 1000"})
    demo.flexsync.post(f"{connection}/resume")
    conflict = until("the conflict is noted", lambda: _conflict(demo, customer))
    values = f"{conflict['ours']} here, {conflict['theirs']} in Stripe"
    report.check("a phone number edited on both sides is a conflict", True, values)
    paid = until("the second payment is known here", lambda: _overpaid(demo, invoice["id"]))
    report.check(
        "an invoice paid by card and by transfer is overpaid", True, f"{paid['number']} {paid['total']}"
    )


def _invoice(demo: Demo, customer: str) -> Any:
    line = {"description": "Mooring", "quantity": "1", "unit_amount": "60.00"}
    body = {"customer_id": customer, "currency": "EUR", "lines": [line]}
    draft = demo.flexsync.post("/v1/invoices", body)
    return demo.flexsync.post(f"/v1/invoices/{draft['id']}/finalize")


def _page(demo: Demo, invoice_id: str) -> str:
    """Where its customer pays it in Stripe, "" until it is there."""
    there = demo.stripe_id("invoice", invoice_id)
    return str(demo.stripe.get(f"/v1/invoices/{there}")["hosted_invoice_url"] or "") if there else ""


def _begin_a_second() -> None:
    """Waits for the next one: of two edits within a second neither is the later, so that a person decides."""
    time.sleep(1 - time.time() % 1)


def _conflict(demo: Demo, customer: str) -> Any:
    found = demo.flexsync.get("/v1/conflicts", entity_id=customer)["items"]
    return found[0] if found else None


def _overpaid(demo: Demo, invoice_id: str) -> Any:
    invoice = demo.flexsync.get(f"/v1/invoices/{invoice_id}")
    return invoice if invoice["payment_status"] == "overpaid" else None
