"""A connection is created from the documentation's JSON, tested, and registered in Stripe."""

import os

from demo.steps import Demo

TITLE = "A connection to Stripe"
NAME = "Stripe (simulated)"
SWITCHED_ON = (
    "customer_outbound_enabled",
    "customer_inbound_enabled",
    "invoice_inbound_enabled",
    "invoice_outbound_enabled",
    "payment_inbound_enabled",
    "subscription_inbound_enabled",
    "plan_inbound_enabled",
)


def run(demo: Demo) -> None:
    """Creates the connection, tests it and registers its webhook endpoint."""
    report, connection = demo.report, demo.flexsync.post("/v1/connections", _body(demo.secret_key))
    demo.results["connection"] = connection
    made, shown = connection["id"], connection["metadata"]
    report.check("POST /v1/connections created the connection", made.startswith("conn_"), made)
    report.check("the response does not contain its secrets", demo.secret_key not in str(connection), shown)
    account_id = demo.flexsync.post(f"/v1/connections/{made}/test")["account_id"]
    report.check("the key gives access to the account", bool(account_id), account_id)
    demo.flexsync.post(f"/v1/connections/{made}/webhook_endpoint")
    url = demo.stripe.get("/v1/webhook_endpoints")["data"][0]["url"]
    is_right = url.startswith(os.environ["WEBHOOK_URL"]) and made in url
    report.check("its webhook endpoint is registered in Stripe", is_right, url)


def _body(secret_key: str) -> dict[str, object]:
    """Returns the documentation's JSON, with keys of the simulator."""
    metadata = {
        "publishable_key": secret_key.replace("sk_", "pk_", 1),
        "secret_key": secret_key,
        "webhook_secret": "whsec_replaced_by_the_one_of_the_endpoint",
    }
    switches = dict.fromkeys(SWITCHED_ON, True)
    return {"provider": "stripe", "name": NAME, "metadata": metadata, "sync_config": switches}
