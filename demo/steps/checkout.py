"""The invoice is paid on Stripe's checkout page, and signed webhooks report the payment to FlexSync."""

from decimal import Decimal
from typing import Any

import httpx

from demo.clients import until
from demo.steps import Demo

TITLE = "A payment, from Stripe's checkout page back to FlexSync"
CARD = {"number": "4242424242424242", "email": "payer@blueharbor.example"}


def run(demo: Demo) -> None:
    """Opens a checkout session, pays it as a customer would, and waits for the webhooks."""
    report, invoice = demo.report, demo.results["invoice"]
    session = demo.flexsync.post("/v1/payments/stripe/checkout", _body(invoice["id"]))
    report.check(
        "a checkout session is open", session["session_id"].startswith("cs_"), session["checkout_url"]
    )
    page = httpx.post(session["checkout_url"], data=CARD, trust_env=False)
    report.check(
        "paid on that page with card 4242 4242 4242 4242", page.status_code == 303, page.headers["location"]
    )
    paid = until("the webhooks report the payment", lambda: _paid(demo, invoice["id"]))
    report.check("the invoice is paid in FlexSync", paid["payment_status"] == "succeeded", paid["number"])
    report.check("amount_remaining is 0", Decimal(paid["amount_remaining"]) == 0, paid["amount_remaining"])
    stripe_id = demo.results["stripe_invoice"]["id"]
    remote = until("the invoice is paid in Stripe", lambda: _paid_in_stripe(demo, stripe_id))
    paid_cents = Decimal(paid["amount_paid"]) * 100
    equal = Decimal(remote["amount_paid"]) == paid_cents == Decimal(paid["total"]) * 100
    report.check(
        "FlexSync and Stripe agree to the cent",
        equal,
        f"{paid['amount_paid']} EUR = {remote['amount_paid']} cents",
    )
    payments = demo.flexsync.get("/v1/payments", invoice_id=invoice["id"])["items"]
    report.check(
        "the payment is recorded once", [p["status"] for p in payments] == ["succeeded"], payments[0]["id"]
    )


def _body(invoice_id: str) -> dict[str, str]:
    return {
        "invoice_id": invoice_id,
        "success_url": "https://example.com/success",
        "cancel_url": "https://example.com/cancel",
    }


def _paid(demo: Demo, invoice_id: str) -> dict[str, Any] | None:
    invoice = demo.flexsync.get(f"/v1/invoices/{invoice_id}")
    return invoice if invoice["payment_status"] == "succeeded" else None


def _paid_in_stripe(demo: Demo, stripe_id: str) -> dict[str, Any] | None:
    invoice = demo.stripe.get(f"/v1/invoices/{stripe_id}")
    return invoice if invoice["status"] == "paid" else None
