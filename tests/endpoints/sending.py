"""Sends requests to endpoints, each of which is rolled back."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from rest_framework.test import APIClient

from billing.api.serializers.customers import TaxIdInput
from billing.api.serializers.plans import TierInput
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
    "line_id": "lines",
    "item_id": "items",
}
# What a field of that name holds inside, where a service reads it.
PARTS = {"tiers": TierInput, "tax_ids": TaxIdInput}
# The external_id is that of the example of a customer.
OTHER = {"provider": "stripe", "method_id": "pm_1", "external_id": "crm-77", "lookup_key": "growth"}


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


def fields_of(parser: Any) -> Iterator[tuple[str, Any]]:
    """The name of each field, and how a value of it is sent; those inside objects and lists too."""
    for name, field in parser().fields.items():
        yield name, lambda value, name=name: {name: value}
        child = getattr(field, "child", None)
        inner = PARTS[name]().fields if name in PARTS else getattr(child or field, "fields", {})
        for part in inner:
            is_list = name in PARTS or child is not None
            yield (
                f"{name}.{part}",
                lambda value, name=name, part=part, is_list=is_list: {
                    name: [{part: value}] if is_list else {part: value}
                },
            )


def example(parser: Any, world: Mapping[str, str]) -> Any:
    """A body that could be sent: the documentation's example, with the ids of ``world``."""
    return _named(getattr(parser, "example", None) or {}, world)


def _named(value: Any, world: Mapping[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {inner: _named(one, world, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [_named(one, world) for one in value]
    # All of the world is in one currency.
    return "USD" if name == "currency" else world[NAMED[name]] if name in NAMED else value
