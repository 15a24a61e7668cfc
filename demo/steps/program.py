"""A program hears of a payment by a webhook of FlexSync's, and of the same by polling."""

from typing import Any

from demo.receiver import Receiver, receiver
from demo.steps import Demo
from demo.waiting import until

TITLE = "A program hears of money, by a signed webhook"


def run(demo: Demo) -> None:
    """Makes an endpoint, pays an invoice, and looks at what arrives there."""
    with receiver() as program:
        wanted = {"url": program.url, "event_types": ["invoice.*", "payment.succeeded"]}
        endpoint = demo.flexsync.post("/v1/webhook_endpoints", wanted)
        program.secret = endpoint["secret"]
        demo.report.check("POST /v1/webhook_endpoints made an endpoint", True, endpoint["id"])
        invoice = _paid(demo)
        event = until("the program hears of it", lambda: _heard(program, invoice["id"]))
        demo.report.check("the program got a webhook, and its signature is right", True, event["type"])
        demo.report.check(
            "it shows the invoice as it is, and what was before",
            event["data"]["amount_paid"] == "20.00",
            event["previous"],
        )
        first = demo.flexsync.get("/v1/changes", types="invoice.paid")["items"]
        polled = [one["id"] for one in first]
        demo.report.check("GET /v1/changes tells the same", event["id"] in polled, event["id"])
        # The program ends with this step; its endpoint stays, to be looked at.
        demo.flexsync.patch(f"/v1/webhook_endpoints/{endpoint['id']}", {"enabled": False})


def _paid(demo: Demo) -> Any:
    customer = demo.results["customer"]["id"]
    line = {"description": "Workshop", "quantity": "1", "unit_amount": "20.00"}
    invoice = demo.flexsync.post(
        "/v1/invoices", {"customer_id": customer, "currency": "EUR", "lines": [line]}
    )
    demo.flexsync.post(f"/v1/invoices/{invoice['id']}/finalize")
    payment = {"customer_id": customer, "invoice_id": invoice["id"], "amount": "20.00", "currency": "EUR"}
    demo.flexsync.post("/v1/payments", payment | {"method": "bank_transfer", "status": "succeeded"})
    return invoice


def _heard(program: Receiver, invoice_id: str) -> Any:
    found = [
        one for one in program.events if one["object_id"] == invoice_id and one["type"] == "invoice.paid"
    ]
    return found[0] if found else None
