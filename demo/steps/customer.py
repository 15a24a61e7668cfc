"""A customer made here appears in Stripe, and Stripe follows its changes."""

from demo.clients import until
from demo.steps import Cast

TITLE = "A customer, from FlexSync to Stripe"


def play(cast: Cast) -> None:
    """Creates a customer over the API, then changes its e-mail."""
    stage, body = cast.stage, _body()
    customer = cast.flexsync.post("/v1/customers", body)
    cast.seen["customer"] = customer
    stage.check("POST /v1/customers made the customer", customer["name"] == body["name"], customer["id"])
    twin = until("it appears in Stripe", lambda: cast.twin("customer", customer["id"]))
    there = cast.stripe.get(f"/v1/customers/{twin}")
    stage.check("it appears in Stripe", there["email"] == body["email"], f"{twin} {there['email']}")
    mark = there["metadata"]["flexprice_customer_id"]
    stage.check("Stripe's object names ours", mark == customer["id"], mark)
    changed = "accounts@blueharbor.example"
    cast.flexsync.patch(f"/v1/customers/{customer['id']}", {"email": changed})
    seen = until(
        "Stripe follows",
        lambda: (mail := cast.stripe.get(f"/v1/customers/{twin}")["email"]) == changed and mail,
    )
    stage.check("its e-mail is changed here, and Stripe follows", seen == changed, seen)


def _body() -> dict[str, str]:
    return {
        "external_id": "crm-1042",
        "name": "Blue Harbor BV",
        "email": "billing@blueharbor.example",
        "address_line1": "Coolsingel 40",
        "address_city": "Rotterdam",
        "address_postal_code": "3011 AD",
        "address_country": "NL",
    }
