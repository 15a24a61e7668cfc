"""A customer created in FlexSync appears in Stripe, and so do its changes."""

from demo.steps import Demo
from demo.waiting import until

TITLE = "A customer, from FlexSync to Stripe"


def run(demo: Demo) -> None:
    """Creates a customer over the API, then changes its e-mail."""
    report, body = demo.report, _body()
    customer = demo.flexsync.post("/v1/customers", body)
    demo.results["customer"] = customer
    report.check("POST /v1/customers created the customer", customer["name"] == body["name"], customer["id"])
    stripe_id = until("the customer appears in Stripe", lambda: demo.stripe_id("customer", customer["id"]))
    remote = demo.stripe.get(f"/v1/customers/{stripe_id}")
    report.check("it appears in Stripe", remote["email"] == body["email"], f"{stripe_id} {remote['email']}")
    mark = remote["metadata"]["flexprice_customer_id"]
    report.check("Stripe's object carries the id of FlexSync's customer", mark == customer["id"], mark)
    changed = "accounts@blueharbor.example"
    demo.flexsync.patch(f"/v1/customers/{customer['id']}", {"email": changed})
    until("the new e-mail appears in Stripe", lambda: _email(demo, stripe_id) == changed)
    seen = _email(demo, stripe_id)
    report.check("its e-mail, changed in FlexSync, changes in Stripe too", seen == changed, seen)


def _email(demo: Demo, stripe_id: str) -> str:
    return str(demo.stripe.get(f"/v1/customers/{stripe_id}")["email"])


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
