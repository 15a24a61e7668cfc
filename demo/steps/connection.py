"""A connection is made from the JSON of the documentation, tested, and registered in Stripe."""

from demo.steps import Cast

TITLE = "A connection to Stripe"


def play(cast: Cast) -> None:
    """Creates the connection, tests it and registers its webhook endpoint."""
    stage, connection = cast.stage, cast.flexsync.post("/v1/connections", _body(cast.secret_key))
    cast.seen["connection"] = connection
    stage.check(
        "POST /v1/connections made the connection", connection["id"].startswith("conn_"), connection["id"]
    )
    stage.check(
        "its secrets do not come back", cast.secret_key not in str(connection), connection["metadata"]
    )
    tested = cast.flexsync.post(f"/v1/connections/{connection['id']}/test")
    stage.check("the key opens the account", bool(tested["account_id"]), tested["account_id"])
    cast.flexsync.post(f"/v1/connections/{connection['id']}/webhook_endpoint")
    endpoint = cast.stripe.get("/v1/webhook_endpoints")["data"][0]
    stage.check(
        "its webhook endpoint is registered in Stripe", connection["id"] in endpoint["url"], endpoint["url"]
    )


def _body(secret_key: str) -> dict[str, object]:
    """The seed's JSON, with keys of the simulator."""
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
