"""Billing portal sessions. Source: Stripe docs, "Customer portal"."""

from typing import Any

from ...errors import InvalidRequest, missing
from ...operations import Call, operation
from ...state.account import Account, Object

_FLOWS = (
    "customer_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
)
_WITHOUT_DETAIL = ("customer_update", "payment_method_update")


@operation("billing_portal.sessions.create")
def create(call: Call) -> Object:
    """Create a page on which a customer sees their invoices and cancels their subscriptions."""
    account, params = call.account, call.params
    if not params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = account.get("customer", params["customer"], "customer")
    if params.get("return_url") and not params["return_url"].startswith(("http://", "https://")):
        raise InvalidRequest("Not a valid URL", code="url_invalid", param="return_url")
    if params.get("configuration"):
        account.get("billing_portal.configuration", params["configuration"], "configuration")
    flow = _flow(account, customer, params.get("flow_data"))
    id = account.new_id("bps")
    session = {
        "id": id,
        "object": "billing_portal.session",
        "configuration": "bpc_default",
        "created": account.now,
        "customer": customer["id"],
        "customer_account": None,
        "flow": flow,
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": params.get("return_url"),
        "url": f"{account.base_url}/portal/{id}",
    }
    session = account.add(session)
    account.emit("billing_portal.session.created", session)
    return account.render(session)


def _flow(account: Account, customer: Object, given: dict[str, Any] | None) -> Object | None:
    """Return the flow that a deep link opens. Source: Stripe docs, "Deep links and flows"."""
    if given is None:
        return None
    type, after = given["type"], given.get("after_completion") or {"type": "portal_homepage"}
    detail = given.get(type)
    if type not in _WITHOUT_DETAIL and not detail:
        raise InvalidRequest(
            f"Missing required param: flow_data[{type}].",
            code="parameter_missing",
            param=f"flow_data[{type}]",
        )
    if detail:
        name = f"flow_data[{type}][subscription]"
        subscription = account.get("subscription", detail["subscription"], name)
        if subscription["customer"] != customer["id"]:
            raise missing("subscription", detail["subscription"], name)
    details = dict.fromkeys(_FLOWS) | ({type: _shown(type, detail)} if detail else {})
    ends = {"hosted_confirmation": None, "redirect": None}
    return {"type": type, "after_completion": ends | after} | details


def _shown(type: str, detail: dict[str, Any]) -> Object:
    if type == "subscription_cancel":
        return {"retention": None} | detail
    if type == "subscription_update_confirm":
        return {"discounts": None} | detail
    return dict(detail)
