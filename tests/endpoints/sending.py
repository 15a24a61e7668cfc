"""Sends requests to endpoints, each of which is rolled back."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from rest_framework.test import APIClient

from tests.endpoints.routes import Endpoint

# Which row a field or a part of a path names.
NAMED = {
    "customer_id": "customers",
    "invoice_id": "invoices",
    "payment_id": "payments",
    "plan_id": "plans",
    "price_id": "prices",
    "subscription_id": "subscriptions",
    "connection_id": "connections",
    "entity_id": "customers",
}
OTHER = {"provider": "stripe", "method_id": "pm_1"}


class _Undo(Exception):
    """Ends the transaction."""


def send(client: APIClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """The response; what the request has done is undone. ``body``: what is sent as JSON, or bytes."""
    try:
        with transaction.atomic():
            sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
            kind = headers.pop("content_type", "application/json")
            response = client.generic(method.upper(), path, sent, content_type=kind, **headers)
            raise _Undo
    except _Undo:
        return response


def filled(endpoint: Endpoint, world: Mapping[str, str], **parts: str) -> str:
    """The endpoint's address with the ids of ``world``, or what is given."""

    def part(found: re.Match[str]) -> str:
        name = found[1]
        own = world[endpoint.noun] if name in ("id", "entity_id") else OTHER.get(name)
        return parts.get(name) or own or world[NAMED[name]]

    return re.sub(r"{(\w+)}", part, endpoint.path)


def example(parser: Any, world: Mapping[str, str]) -> Any:
    """A body that could be sent: the documentation's example, with the ids of ``world``."""
    return _named(getattr(parser, "example", None) or {}, world)


def _named(value: Any, world: Mapping[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {inner: _named(one, world, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [_named(one, world) for one in value]
    return world[NAMED[name]] if name in NAMED else value
