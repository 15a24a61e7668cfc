"""The invoice is paid on Stripe's page, and signed webhooks bring the payment back."""

from decimal import Decimal
from typing import Any

import httpx

from demo.clients import until
from demo.steps import Cast

TITLE = "A payment, from Stripe's checkout page back to FlexSync"
CARD = {"number": "4242424242424242", "email": "payer@blueharbor.example"}


def play(cast: Cast) -> None:
    """Opens a checkout session, pays it as a person would, and waits for the webhooks."""
    stage, invoice = cast.stage, cast.seen["invoice"]
    session = cast.flexsync.post("/v1/payments/stripe/checkout", _body(invoice["id"]))
    stage.check(
        "a checkout session is open", session["session_id"].startswith("cs_"), session["checkout_url"]
    )
    page = httpx.post(session["checkout_url"], data=CARD, trust_env=False)
    stage.check(
        "paid on that page with card 4242 4242 4242 4242", page.status_code == 303, page.headers["location"]
    )
    paid = until("the webhooks bring the payment back", lambda: _paid(cast, invoice["id"]))
    stage.check("the invoice is succeeded here", paid["payment_status"] == "succeeded", paid["number"])
    stage.check("amount_remaining is 0", Decimal(paid["amount_remaining"]) == 0, paid["amount_remaining"])
    twin = cast.seen["stripe_invoice"]["id"]
    there = until("Stripe's invoice is paid", lambda: _paid_there(cast, twin))
    both = Decimal(there["amount_paid"]) == Decimal(paid["amount_paid"]) * 100 == Decimal(paid["total"]) * 100
    stage.check(
        "both sides are equal to the cent", both, f"{paid['amount_paid']} EUR = {there['amount_paid']} cents"
    )
    payments = cast.flexsync.get("/v1/payments", invoice_id=invoice["id"])["items"]
    stage.check("the money counts once", [p["status"] for p in payments] == ["succeeded"], payments[0]["id"])


def _body(invoice_id: str) -> dict[str, str]:
    return {
        "invoice_id": invoice_id,
        "success_url": "https://example.com/success",
        "cancel_url": "https://example.com/cancel",
    }


def _paid(cast: Cast, invoice_id: str) -> dict[str, Any] | None:
    invoice = cast.flexsync.get(f"/v1/invoices/{invoice_id}")
    return invoice if invoice["payment_status"] == "succeeded" else None


def _paid_there(cast: Cast, twin: str) -> dict[str, Any] | None:
    invoice = cast.stripe.get(f"/v1/invoices/{twin}")
    return invoice if invoice["status"] == "paid" else None
