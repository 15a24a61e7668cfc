"""Every handler reads the pinned API version's spelling, whichever the webhook endpoint is sent."""

from functools import wraps

from integrations.provider_api import Handler, Ignored, Inbound, Json
from integrations.providers.stripe.translate import spellings


def spelled(handler: Handler) -> Handler:
    """``handler`` for events of any API version; the stored payload stays as it came."""

    @wraps(handler)
    def handle(inbound: Inbound, event: Json) -> Ignored | None:
        return handler(inbound, spellings.of_event(event))

    return handle
