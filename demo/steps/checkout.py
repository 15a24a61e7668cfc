"""The invoice is paid on Stripe's checkout page, and signed webhooks report the payment to FlexSync."""

from decimal import Decimal
from typing import Any

import httpx

from demo.steps import Demo
from demo.waiting import until

TITLE = "A payment, from Stripe's checkout page back to FlexSync"
CARD = {"number": "4242424242424242", "email": "payer@blueharbor.example"}


def run(demo: Demo) -> None:
    """Opens a checkout session, pays it as a customer would, and waits for the webhooks."""
    report, invoice = demo.report, demo.results["invoice"]
    session = demo.flexsync.post("/v1/payments/stripe/checkout", _body(demo, invoice["id"]))
    url = session["checkout_url"]
    report.check("a checkout session is open", session["session_id"].startswith("cs_"), url)
    page = httpx.post(url, data=CARD, trust_env=False)
    paid_there = page.status_code == 303
    report.check("paid on that page with card 4242 4242 4242 4242", paid_there, page.headers["location"])
    paid = until("the webhooks report the payment", lambda: _paid(demo, invoice["id"]))
    report.check("the invoice is paid in FlexSync", paid["payment_status"] == "succeeded", paid["number"])
    report.check("amount_remaining is 0", Decimal(paid["amount_remaining"]) == 0, paid["amount_remaining"])
    _compare(demo, paid)


def _compare(demo: Demo, paid: dict[str, Any]) -> None:
    """Compares what FlexSync and Stripe say of the paid invoice."""
    stripe_id = demo.results["stripe_invoice"]["id"]
    remote = until("the invoice is paid in Stripe", lambda: _paid_in_stripe(demo, stripe_id))
    local_cents, cents = Decimal(paid["amount_paid"]) * 100, remote["amount_paid"]
    equal = Decimal(cents) == local_cents == Decimal(paid["total"]) * 100
    shown = f"{paid['amount_paid']} EUR = {cents} cents"
    demo.report.check("FlexSync and Stripe agree to the cent", equal, shown)
    payments = demo.flexsync.get("/v1/payments", invoice_id=paid["id"])["items"]
    once = [payment["status"] for payment in payments] == ["succeeded"]
    demo.report.check("the payment is recorded once", once, payments[0]["id"])


def _body(demo: Demo, invoice_id: str) -> dict[str, str]:
    """Whoever pays comes to what admin knows of the invoice."""
    page = f"{demo.flexsync.base_url}/admin/search/?q={invoice_id}"
    return {"invoice_id": invoice_id, "success_url": page, "cancel_url": page}


def _paid(demo: Demo, invoice_id: str) -> dict[str, Any] | None:
    invoice = demo.flexsync.get(f"/v1/invoices/{invoice_id}")
    return invoice if invoice["payment_status"] == "succeeded" else None


def _paid_in_stripe(demo: Demo, stripe_id: str) -> dict[str, Any] | None:
    invoice = demo.stripe.get(f"/v1/invoices/{stripe_id}")
    return invoice if invoice["status"] == "paid" else None
