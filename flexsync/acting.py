"""Names who sends a request, for the audit: the user of the admin, or the API key."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from billing.actors import Actor, ActorType, acting
from billing.models import ApiKey
from flexsync.request_ids import IN_META


class RequestActors:
    """Middleware: what a request stores is its sender's, who is known once a view has authenticated it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the response."""
        with acting(partial(_sender, request)):
            return self._get_response(request)


def _sender(request: HttpRequest) -> Actor:
    request_id = request.META.get(IN_META, "")
    # Set by the API's authentication.
    key = getattr(request, "auth", None)
    if isinstance(key, ApiKey):
        return Actor(ActorType.API_KEY, f"{key.name} ({key.prefix}…)", request_id=request_id)
    return Actor(ActorType.OPERATOR, request.user.get_username(), request_id=request_id)
