"""Webhook endpoints. Source: Stripe API reference, "Webhook Endpoints"."""

from typing import Any

from ..errors import InvalidRequest
from ..listing import listable, retrievable
from ..metadata import merged
from ..operations import Call, operation
from ..state.account import Account, Object
from ..state.actions import action

# Source: Stripe docs, "Receive Stripe events in your webhook endpoint": 16 per account.
_MOST_ENDPOINTS = 16
listable("webhook_endpoints.list", "webhook_endpoint")
retrievable("webhook_endpoints.retrieve", "webhook_endpoint")


@operation("webhook_endpoints.create")
def create(call: Call) -> Object:
    """Create an endpoint; only this response contains its secret."""
    account, params = call.account, call.params
    _check(params)
    if len(account.collections["webhook_endpoint"]) >= _MOST_ENDPOINTS:
        raise InvalidRequest(f"You have reached the maximum of {_MOST_ENDPOINTS} test webhook endpoints.")
    secret = account.new_id("whsec", 32)
    endpoint = {
        "id": account.new_id("we"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": account.now,
        "description": params.get("description"),
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": merged({}, params.get("metadata") or {}),
        "status": "enabled",
        "url": params["url"],
        "_secrets": [secret],
    }
    return account.render(account.add(endpoint)) | {"secret": secret}


@operation("webhook_endpoints.update")
def update(call: Call) -> Object:
    """Change URL, events or description, or disable the endpoint."""
    account, params = call.account, call.params
    endpoint = account.get("webhook_endpoint", call.id)
    _check(params)
    endpoint["metadata"] = merged(endpoint["metadata"], params.get("metadata", {}))
    for name in ("url", "enabled_events", "description"):
        if name in params:
            endpoint[name] = params[name]
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
        endpoint.pop("_failing_since", None)
    return account.render(endpoint)


@operation("webhook_endpoints.delete")
def delete(call: Call) -> Object:
    """Delete an endpoint: nothing more is sent to it."""
    endpoint = call.account.get("webhook_endpoint", call.id)
    call.account.remove(endpoint)
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def roll_secret(account: Account, endpoint: Object, overlap: int) -> str:
    """Return a new secret; deliveries are signed with the old one too for `overlap` seconds.

    Source: Stripe docs, "Roll endpoint signing secrets"; at Stripe an operator does it in the Dashboard.
    """
    secret = account.new_id("whsec", 32)
    endpoint["_secrets"] = [secret, endpoint["_secrets"][0]]
    account.agenda.add(account.now + overlap, "expire_secret", endpoint)
    return secret


@action("expire_secret")
def expire_secret(account: Account, endpoint: Object) -> None:
    """Remove the old secret after the overlap."""
    endpoint["_secrets"] = endpoint["_secrets"][:1]


def _check(params: dict[str, Any]) -> None:
    """Refuse an invalid URL, and `*` beside other events.

    Source: API reference, "Create a webhook endpoint".
    """
    events = params.get("enabled_events", [])
    if "*" in events and len(events) > 1:
        raise InvalidRequest("'*' stands alone: it enables all events.", param="enabled_events")
    if not params.get("url", "http://").startswith(("http://", "https://")):
        raise InvalidRequest("Not a valid URL", code="url_invalid", param="url")
