"""A customer created in Stripe appears in FlexSync, and is not echoed back."""

from typing import Any

from demo.steps import Demo
from demo.waiting import until

TITLE = "A customer, from Stripe to FlexSync"
CUSTOMER = {"name": "Lighthouse Ltd", "email": "hello@lighthouse.example", "address[country]": "GB"}


def run(demo: Demo) -> None:
    """Creates a customer in Stripe and waits for it in FlexSync."""
    report, remote = demo.report, demo.stripe.post_form("/v1/customers", CUSTOMER)
    report.say(f"created in Stripe: {remote['id']}")
    local = until("customer.created brings the customer to FlexSync", lambda: _arrived(demo, remote["id"]))
    report.check("customer.created brought it to FlexSync", local["email"] == remote["email"], local["id"])
    until("every event and every sync is settled", lambda: _is_settled(demo))
    again = demo.stripe.get(f"/v1/customers/{remote['id']}")
    report.check("it is not echoed back: Stripe's object is unchanged", again == remote, again["metadata"])
    syncs = demo.flexsync.get("/v1/syncs", entity_id=local["id"])["items"]
    report.check("and no sync was started for it", syncs == [], len(syncs))


def _arrived(demo: Demo, provider_id: str) -> dict[str, Any] | None:
    found = demo.flexsync.get("/v1/mappings", entity_type="customer", provider_entity_id=provider_id)["items"]
    return demo.flexsync.get(f"/v1/customers/{found[0]['entity_id']}") if found else None


def _is_settled(demo: Demo) -> bool:
    pending = (demo.flexsync.get(path, state="pending") for path in ("/v1/events", "/v1/syncs"))
    return not any(page["pagination"]["total"] for page in pending)
