"""A customer made in Stripe appears here, and is not echoed back."""

from typing import Any

from demo.clients import until
from demo.steps import Cast

TITLE = "A customer, from Stripe to FlexSync"


def play(cast: Cast) -> None:
    """Creates a customer at Stripe and looks for it here."""
    stage = cast.stage
    there = cast.stripe.post_form(
        "/v1/customers",
        {"name": "Lighthouse Ltd", "email": "hello@lighthouse.example", "address[country]": "GB"},
    )
    stage.say(f"made in Stripe: {there['id']}")
    here = until("customer.created brings it here", lambda: _arrived(cast, there["id"]))
    stage.check("it appears here through customer.created", here["email"] == there["email"], here["id"])
    until("every event is settled", lambda: not _open(cast, "/v1/events") and not _open(cast, "/v1/syncs"))
    again = cast.stripe.get(f"/v1/customers/{there['id']}")
    stage.check("it is not echoed back: Stripe's object is untouched", again == there, again["metadata"])
    syncs = cast.flexsync.get("/v1/syncs", entity_id=here["id"])["items"]
    stage.check("and nothing was sent for it", syncs == [], len(syncs))


def _arrived(cast: Cast, provider_id: str) -> dict[str, Any] | None:
    found = cast.flexsync.get("/v1/mappings", entity_type="customer", provider_entity_id=provider_id)["items"]
    return cast.flexsync.get(f"/v1/customers/{found[0]['entity_id']}") if found else None


def _open(cast: Cast, path: str) -> int:
    return sum(cast.flexsync.get(path, state=state)["pagination"]["total"] for state in ("pending",))
