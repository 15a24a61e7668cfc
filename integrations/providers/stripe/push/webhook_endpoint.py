"""Registers the URL to which Stripe sends events, or repairs its registration (page "Webhook endpoints")."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from integrations.provider_api import Endpoint, Gateway, Json, Registration
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.version import API_VERSION


def register(gateway: Gateway, *, url: str, endpoint_id: str, events: Iterable[str]) -> Registration:
    """The endpoint for ``url``: the known one, or one with the same URL, or a new one.

    Stripe returns the signing secret only when it creates an endpoint: for an existing one ``secret`` is "".
    """
    params = {"url": url, "enabled_events": sorted(events)}
    found = _find(gateway, lambda known: known == url, endpoint_id)
    if found is not None:
        gateway.call("webhook_endpoints.update", {**params, "disabled": False}, target=str(found["id"]))
        return Registration(endpoint_id=str(found["id"]), secret="")
    # Pinned, or events would come in the version that happens to be the account's default.
    pinned = {"api_version": API_VERSION, "description": "FlexSync"}
    created = gateway.call("webhook_endpoints.create", {**params, **pinned})
    return Registration(endpoint_id=str(created["id"]), secret=str(created["secret"]))


def find(gateway: Gateway, *, leads_here: Callable[[str], bool], endpoint_id: str) -> Endpoint | None:
    """The known endpoint, or one whose URL leads here."""
    found = _find(gateway, leads_here, endpoint_id)
    if found is None:
        return None
    return Endpoint(
        endpoint_id=str(found["id"]),
        url=str(found["url"]),
        is_enabled=found["status"] == "enabled",
        events=frozenset(found["enabled_events"]),
        api_version=str(found["api_version"] or ""),
        notes=metadata.of(found),
    )


def annotate(
    gateway: Gateway, *, endpoint_id: str, added: Mapping[str, str], removed: Sequence[str]
) -> Mapping[str, str]:
    """An update merges metadata, and "" removes a key (page "Metadata")."""
    changes = {**dict.fromkeys(removed, ""), **added}
    return metadata.of(gateway.call("webhook_endpoints.update", {"metadata": changes}, target=endpoint_id))


def _find(gateway: Gateway, leads_here: Callable[[str], bool], endpoint_id: str) -> Json | None:
    endpoints: list[Json] = list(gateway.call("webhook_endpoints.list", {"limit": 100})["data"])
    by_id = [endpoint for endpoint in endpoints if endpoint["id"] == endpoint_id]
    by_url = [endpoint for endpoint in endpoints if leads_here(str(endpoint["url"]))]
    return next(iter([*by_id, *by_url]), None)
