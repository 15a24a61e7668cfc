"""Registers where Stripe sends events, or repairs what is registered (page "Webhook endpoints")."""

from collections.abc import Iterable

from integrations.provider_api import Gateway, Json, Registration
from integrations.providers.stripe.version import API_VERSION


def register(gateway: Gateway, *, url: str, endpoint_id: str, events: Iterable[str]) -> Registration:
    """The endpoint for ``url``: the known one, or one with the same URL, or a new one.

    Stripe says the signing secret only when it makes an endpoint: of a found one ``secret`` is "".
    """
    wanted = {"url": url, "enabled_events": sorted(events)}
    known = _known(gateway, url, endpoint_id)
    if known is not None:
        gateway.call("webhook_endpoints.update", {**wanted, "disabled": False}, target=str(known["id"]))
        return Registration(endpoint_id=str(known["id"]), secret="")
    # Pinned, or events would come in the version that happens to be the account's default.
    made = gateway.call(
        "webhook_endpoints.create", {**wanted, "api_version": API_VERSION, "description": "FlexSync"}
    )
    return Registration(endpoint_id=str(made["id"]), secret=str(made["secret"]))


def _known(gateway: Gateway, url: str, endpoint_id: str) -> Json | None:
    endpoints: list[Json] = list(gateway.call("webhook_endpoints.list", {"limit": 100})["data"])
    by_id = [endpoint for endpoint in endpoints if endpoint["id"] == endpoint_id]
    by_url = [endpoint for endpoint in endpoints if endpoint["url"] == url]
    return next(iter([*by_id, *by_url]), None)
