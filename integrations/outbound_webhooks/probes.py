"""The test button: one event that says it is a test, sent at once, signed like any other."""

import json
from datetime import datetime
from threading import Timer

from billing.errors import Invalid
from billing.ids import new_id
from billing.models import Environment
from integrations.db.encryption import NoKeyOpens
from integrations.gateway.slots import waits
from integrations.models import WebhookEndpoint
from integrations.outbound_webhooks import network, signing
from integrations.outbound_webhooks.event_types import TEST
from integrations.outbound_webhooks.requests import TOTAL_SECONDS, Answer, Request, Route


@waits
def test(endpoint: WebhookEndpoint, now: datetime) -> Answer:
    """Sends a test and returns what came of it; nothing is noted. Raises Busy."""
    https_only = endpoint.environment.kind == Environment.Kind.PRODUCTION
    try:
        address = network.checked(endpoint.url, https_only=https_only)
        secrets, headers = endpoint.signing_secrets(now), endpoint.headers()
    except Invalid as refusal:
        return Answer(now, 0, error=refusal.details["url"])
    except NoKeyOpens as refusal:
        return Answer(now, 0, error=str(refusal))
    route = Route(address)
    event_id = new_id("whev")
    message = {
        "id": event_id,
        "type": TEST,
        "timestamp": f"{now.isoformat(timespec='milliseconds')[:-6]}Z",
        "environment_id": endpoint.environment_id,
        "object_type": "webhook_endpoint",
        "object_id": endpoint.pk,
        "data": {"id": endpoint.pk},
    }
    body = json.dumps(message).encode()
    signed = signing.headers(event_id, body, secrets, headers, now)
    request = Request(route, body, signed)
    watchdog = Timer(TOTAL_SECONDS, request.abort)
    watchdog.start()
    try:
        return request.send()
    finally:
        watchdog.cancel()
        route.close()
