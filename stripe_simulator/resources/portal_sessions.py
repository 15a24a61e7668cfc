"""Billing portal sessions. Source: Stripe docs, "Customer portal"."""

from ..account import Object
from ..errors import InvalidRequest
from ..operations import Call, operation


@operation("billing_portal.sessions.create")
def create(call: Call) -> Object:
    """A page on which a customer sees their invoices and ends their subscriptions."""
    account, params = call.account, call.params
    if not params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = account.get("customer", params["customer"], "customer")
    id = account.new_id("bps")
    session = {
        "id": id,
        "object": "billing_portal.session",
        "configuration": params.get("configuration", "bpc_default"),
        "created": account.now,
        "customer": customer["id"],
        "customer_account": None,
        "flow": None,
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": params.get("return_url"),
        "url": f"{account.base_url}/portal/{id}",
    }
    account.add(session)
    account.emit("billing_portal.session.created", session)
    return account.render(session)
