"""A day on which not all went well: something for every page of admin, and what to look at first."""

import time
from typing import Any

from demo.steps import Demo
from demo.waiting import until

TITLE = "A day on which not all went well"
DAY = 24 * 60 * 60
FIELD = "invoice_settings[default_payment_method]"


def run(demo: Demo) -> None:
    """Lets a subscription renew, gives money back, and has a card declined and a payment disputed."""
    report, results = demo.report, demo.results
    price = _price(demo)
    subscriber = _subscriber(demo)
    demo.stripe.post_form("/v1/subscriptions", {"customer": subscriber["id"], "items[0][price]": price})
    clock = subscriber["test_clock"]
    now = {"frozen_time": str(int(time.time()))}
    demo.stripe.post_form(f"/v1/test_helpers/test_clocks/{clock}/advance", now)
    refunded = _invoice(demo, _payer(demo, "Orchard Foods", "visa")["id"], "12000")
    _give_back(demo, refunded["id"], "2500")
    disputed = _invoice(demo, _payer(demo, "Night Owl Games", "createDispute")["id"], "8900")
    _invoice(demo, _payer(demo, "Thin Ice Rinks", "chargeCustomerFail")["id"], "4200")
    report.say("made in Stripe: a subscription that renewed, a refund, a dispute, a declined card")
    story = until("the dispute is known here", lambda: _disputed(demo, disputed["id"]))
    results["look_first"] = story["id"]
    report.check("a dispute came in, over", True, f"{story['amount_disputed']} EUR")
    renewed = until("the renewal is known here", lambda: _renewed(demo))
    report.check("a subscription has renewed", len(renewed) > 1, f"{len(renewed)} invoices")
    account = {"connection_id": results["connection"]["id"]}
    demo.flexsync.post("/v1/imports", account | {"dry_run": True})
    demo.flexsync.post("/v1/comparisons", account)
    report.say("under way: a dry run of an import, and a comparison of both sides")


def _price(demo: Demo) -> str:
    product = demo.stripe.post_form("/v1/products", {"name": "Harbour watch"})
    params = {
        "product": product["id"],
        "currency": "eur",
        "unit_amount": "4900",
        "recurring[interval]": "month",
    }
    return str(demo.stripe.post_form("/v1/prices", params)["id"])


def _subscriber(demo: Demo) -> Any:
    """A customer whose time is a month behind."""
    began = {"frozen_time": str(int(time.time()) - 32 * DAY)}
    clock = demo.stripe.post_form("/v1/test_helpers/test_clocks", began)
    return _payer(demo, "Pilot Station", "visa", test_clock=clock["id"])


def _payer(demo: Demo, name: str, card: str, **more: str) -> Any:
    """A customer at Stripe with a saved card."""
    customer = demo.stripe.post_form("/v1/customers", {"name": name, "address[country]": "NL", **more})
    saved = demo.stripe.post_form(f"/v1/payment_methods/pm_card_{card}/attach", {"customer": customer["id"]})
    demo.stripe.post_form(f"/v1/customers/{customer['id']}", {FIELD: saved["id"]})
    return customer


def _invoice(demo: Demo, customer: str, amount: str) -> Any:
    """An invoice at Stripe, which it collects at once from the saved card."""
    draft = demo.stripe.post_form(
        "/v1/invoices", {"customer": customer, "currency": "eur", "auto_advance": "true"}
    )
    line = {"customer": customer, "invoice": draft["id"], "amount": amount, "currency": "eur"}
    demo.stripe.post_form("/v1/invoiceitems", line)
    return demo.stripe.post_form(f"/v1/invoices/{draft['id']}/finalize", {})


def _give_back(demo: Demo, invoice: str, amount: str) -> None:
    paid = demo.stripe.get("/v1/invoice_payments", invoice=invoice)["data"][0]
    demo.stripe.post_form(
        "/v1/refunds", {"payment_intent": paid["payment"]["payment_intent"], "amount": amount}
    )


def _disputed(demo: Demo, stripe_id: str) -> Any:
    found = demo.flexsync.get("/v1/mappings", entity_type="invoice", provider_entity_id=stripe_id)["items"]
    invoice = demo.flexsync.get(f"/v1/invoices/{found[0]['entity_id']}") if found else None
    return invoice if invoice and float(invoice["amount_disputed"]) else None


def _renewed(demo: Demo) -> Any:
    """The invoices of its subscription, once there are several."""
    subscriptions = demo.flexsync.get("/v1/subscriptions")["items"]
    found = [demo.flexsync.get("/v1/invoices", subscription_id=one["id"])["items"] for one in subscriptions]
    return next((invoices for invoices in found if len(invoices) > 1), None)
