"""Finds the providers: every folder under providers/ whose provider.py holds a PROVIDER."""

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module

from billing.events import Kind
from integrations.errors import Rejected
from integrations.provider_api.gateway import Gateway, Json
from integrations.provider_api.outbound import Outbound, Push
from integrations.provider_api.provider import Provider

# The actions of rows of the outbox that are no pushes (models.outbound.SyncAction).
REFUND, REFRESH = "refund", "refresh"
_added: dict[str, Provider] = {}


@cache
def _found() -> dict[str, Provider]:
    """Every provider under providers/, by slug."""
    package = import_module("integrations.providers")
    found = [
        import_module(f"{package.__name__}.{module.name}.provider").PROVIDER
        for module in pkgutil.iter_modules(package.__path__)
        if module.ispkg
    ]
    return {provider.slug: provider for provider in found}


def providers() -> dict[str, Provider]:
    """All providers by slug."""
    return _found() | _added


def provider(slug: str) -> Provider:
    """The provider called ``slug``; raises KeyError when there is none."""
    return providers()[slug]


def secret_beginnings() -> list[str]:
    """Patterns of what the secrets of all providers begin with."""
    return [pattern for provider in providers().values() for pattern in provider.secret_beginnings]


def push(slug: str, kind: Kind) -> Push:
    """How ``kind`` reaches the provider; raises Rejected when the provider does not take it."""
    found = providers().get(slug)
    if found is None or kind not in found.pushes:
        raise Rejected(f"FlexSync has no way to send {kind}s to {found.label if found else slug}.")
    return found.pushes[kind]


def work(slug: str, kind: Kind, action: str) -> Callable[[Outbound], None]:
    """What does a row of the outbox: a push or a refresh of its kind, or refunds; raises Rejected."""
    if action == REFRESH:
        return _refresh(slug, kind)
    return refund(slug) if action == REFUND else push(slug, kind).push


def _refresh(slug: str, kind: Kind) -> Callable[[Outbound], None]:
    found = providers().get(slug)
    if found is None or kind not in found.refreshes:
        raise Rejected(f"FlexSync does not read {kind}s from {found.label if found else slug}.")
    return found.refreshes[kind]


def refund(slug: str) -> Callable[[Outbound], None]:
    """What carries out refunds; raises Rejected when the provider gives none."""
    found = providers().get(slug)
    if found is None or found.payments.refund is None:
        raise Rejected(
            f"FlexSync cannot refund payments at {found.label if found else slug}. Refund it there."
        )
    return found.payments.refund


def gateway(slug: str, credentials: Json) -> Gateway:
    """The provider's API, opened with ``credentials``; raises Rejected when the provider has none."""
    found = providers().get(slug)
    if found is None or found.open_gateway is None:
        raise Rejected(f"FlexSync cannot call {found.label if found else slug}.")
    return found.open_gateway(credentials)


def add(new: Provider) -> None:
    """Adds a provider that lives elsewhere, such as one made of plain functions in a test."""
    _added[new.slug] = new


def remove(slug: str) -> None:
    """Removes an added provider."""
    _added.pop(slug, None)
