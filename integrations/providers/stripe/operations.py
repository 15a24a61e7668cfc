"""Stripe's operations by their names in its SDK, each with its verb and path (page "API Reference").

The SDK's own methods turn every response into objects, of which FlexSync reads the JSON only: that would take
half of the time of a call.
"""

from collections.abc import Mapping
from urllib.parse import quote_plus

from integrations.errors import Rejected

OPERATIONS: Mapping[str, str] = {
    "accounts.retrieve_current": "GET /v1/account",
    "billing_portal.sessions.create": "POST /v1/billing_portal/sessions",
    "checkout.sessions.create": "POST /v1/checkout/sessions",
    "checkout.sessions.expire": "POST /v1/checkout/sessions/{}/expire",
    "checkout.sessions.list": "GET /v1/checkout/sessions",
    "checkout.sessions.retrieve": "GET /v1/checkout/sessions/{}",
    "credit_notes.create": "POST /v1/credit_notes",
    "credit_notes.line_items.list": "GET /v1/credit_notes/{}/lines",
    "credit_notes.list": "GET /v1/credit_notes",
    "credit_notes.retrieve": "GET /v1/credit_notes/{}",
    "credit_notes.void_credit_note": "POST /v1/credit_notes/{}/void",
    "customers.balance_transactions.create": "POST /v1/customers/{}/balance_transactions",
    "customers.balance_transactions.list": "GET /v1/customers/{}/balance_transactions",
    "disputes.list": "GET /v1/disputes",
    "events.list": "GET /v1/events",
    "customers.create": "POST /v1/customers",
    "customers.list": "GET /v1/customers",
    "customers.retrieve": "GET /v1/customers/{}",
    "customers.tax_ids.create": "POST /v1/customers/{}/tax_ids",
    "customers.tax_ids.delete": "DELETE /v1/customers/{}/tax_ids/{}",
    "customers.tax_ids.list": "GET /v1/customers/{}/tax_ids",
    "customers.update": "POST /v1/customers/{}",
    "invoice_payments.list": "GET /v1/invoice_payments",
    "invoices.add_lines": "POST /v1/invoices/{}/add_lines",
    "invoices.attach_payment": "POST /v1/invoices/{}/attach_payment",
    "invoices.create": "POST /v1/invoices",
    "invoices.delete": "DELETE /v1/invoices/{}",
    "invoices.finalize_invoice": "POST /v1/invoices/{}/finalize",
    "invoices.line_items.list": "GET /v1/invoices/{}/lines",
    "invoices.list": "GET /v1/invoices",
    "invoices.mark_uncollectible": "POST /v1/invoices/{}/mark_uncollectible",
    "invoices.pay": "POST /v1/invoices/{}/pay",
    "invoices.remove_lines": "POST /v1/invoices/{}/remove_lines",
    "invoices.retrieve": "GET /v1/invoices/{}",
    "invoices.send_invoice": "POST /v1/invoices/{}/send",
    "invoices.update": "POST /v1/invoices/{}",
    "invoices.void_invoice": "POST /v1/invoices/{}/void",
    "payment_intents.cancel": "POST /v1/payment_intents/{}/cancel",
    "payment_intents.create": "POST /v1/payment_intents",
    "payment_intents.list": "GET /v1/payment_intents",
    "payment_intents.retrieve": "GET /v1/payment_intents/{}",
    "payment_methods.detach": "POST /v1/payment_methods/{}/detach",
    "payment_methods.list": "GET /v1/payment_methods",
    "payment_methods.retrieve": "GET /v1/payment_methods/{}",
    "payment_records.list": "GET /v1/payment_records",
    "payment_records.report_payment": "POST /v1/payment_records/report_payment",
    "payment_records.report_refund": "POST /v1/payment_records/{}/report_refund",
    "payment_records.retrieve": "GET /v1/payment_records/{}",
    "prices.create": "POST /v1/prices",
    "prices.list": "GET /v1/prices",
    "prices.retrieve": "GET /v1/prices/{}",
    "prices.update": "POST /v1/prices/{}",
    "products.create": "POST /v1/products",
    "products.delete": "DELETE /v1/products/{}",
    "products.list": "GET /v1/products",
    "products.retrieve": "GET /v1/products/{}",
    "products.update": "POST /v1/products/{}",
    "refunds.create": "POST /v1/refunds",
    "refunds.list": "GET /v1/refunds",
    "subscription_items.list": "GET /v1/subscription_items",
    "subscriptions.cancel": "DELETE /v1/subscriptions/{}",
    "subscriptions.create": "POST /v1/subscriptions",
    "subscriptions.list": "GET /v1/subscriptions",
    "subscriptions.resume": "POST /v1/subscriptions/{}/resume",
    "subscriptions.retrieve": "GET /v1/subscriptions/{}",
    "subscriptions.update": "POST /v1/subscriptions/{}",
    "webhook_endpoints.create": "POST /v1/webhook_endpoints",
    "webhook_endpoints.list": "GET /v1/webhook_endpoints",
    "webhook_endpoints.update": "POST /v1/webhook_endpoints/{}",
}


def request(operation: str, target: str | None) -> tuple[str, str]:
    """The verb and path of ``operation``; ``target`` has the path's ids ("cus_1/txi_1" for two).

    The first may contain "/", as in "Pro plan/$699": people choose the ids of plans and products themselves.
    They are encoded as the SDK does it. Raises Rejected for an id that is missing.
    """
    if operation not in OPERATIONS:
        raise Rejected(f"FlexSync knows no operation {operation!r} of Stripe: add it to operations.py.")
    verb, _, path = OPERATIONS[operation].partition(" ")
    wanted = path.count("{}")
    ids = (target or "").rsplit("/", wanted - 1) if wanted else []
    if len(ids) < wanted or not all(ids):
        raise Rejected(f"{operation} needs the id of an object at Stripe, and there is none.")
    return verb.lower(), path.format(*(quote_plus(id_) for id_ in ids))
