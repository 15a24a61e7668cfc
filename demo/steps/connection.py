"""A connection is created from the documentation's JSON, tested, and registered in Stripe."""

from demo.steps import Demo

TITLE = "A connection to Stripe"


def run(demo: Demo) -> None:
    """Creates the connection, tests it and registers its webhook endpoint."""
    report, connection = demo.report, demo.flexsync.post("/v1/connections", _body(demo.secret_key))
    demo.results["connection"] = connection
    report.check(
        "POST /v1/connections created the connection", connection["id"].startswith("conn_"), connection["id"]
    )
    report.check(
        "the response does not contain its secrets",
        demo.secret_key not in str(connection),
        connection["metadata"],
    )
    tested = demo.flexsync.post(f"/v1/connections/{connection['id']}/test")
    report.check("the key gives access to the account", bool(tested["account_id"]), tested["account_id"])
    demo.flexsync.post(f"/v1/connections/{connection['id']}/webhook_endpoint")
    endpoint = demo.stripe.get("/v1/webhook_endpoints")["data"][0]
    report.check(
        "its webhook endpoint is registered in Stripe", connection["id"] in endpoint["url"], endpoint["url"]
    )


def _body(secret_key: str) -> dict[str, object]:
    """The documentation's JSON, with keys of the simulator."""
    return {
        "provider": "stripe",
        "name": "Stripe (simulated)",
        "metadata": {
            "publishable_key": secret_key.replace("sk_", "pk_", 1),
            "secret_key": secret_key,
            "webhook_secret": "whsec_replaced_by_the_one_of_the_endpoint",
        },
        "sync_config": {
            "customer_outbound_enabled": True,
            "customer_inbound_enabled": True,
            "invoice_outbound_enabled": True,
            "subscription_inbound_enabled": True,
            "plan_inbound_enabled": True,
        },
    }
