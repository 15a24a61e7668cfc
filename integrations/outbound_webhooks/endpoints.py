"""Endpoints: made, changed, deleted, their secrets replaced."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.errors import Conflict, Invalid, NotFound
from billing.models import Environment
from billing.persistence import expected_versions
from integrations.db.encryption import encrypt, last4
from integrations.models import WebhookEndpoint, WebhookSecret
from integrations.outbound_webhooks import network, objects, signing
from integrations.outbound_webhooks.event_types import WANTED
from integrations.outbound_webhooks.requests import TOTAL_SECONDS
from integrations.queue import dispatch, shared_wakeup

MOST = 50
MOST_HEADERS, LONGEST_HEADER = 20, 2000
# Those that FlexSync sets, or that say how the request is to be read.
RESERVED = frozenset({
    "host", "content-length", "content-type", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer",
    "webhook-id", "webhook-timestamp", "webhook-signature",
})  # fmt: skip
FIELDS = frozenset({"url", "description", "event_types", "enabled", "headers"})


class NotTaken(Exception):
    """A test that the receiver has not taken, and why."""


@transaction.atomic
def create(
    *, environment_id: str, secret: str = "", now: datetime, **values: Any
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is never shown again; events from now on are sent to it.

    ``values``: see FIELDS. ``secret``: a new one unless given. Raises Invalid, and Conflict for too many.
    """
    Environment.objects.select_for_update(no_key=True).get(pk=environment_id)
    live = WebhookEndpoint.objects.filter(environment_id=environment_id, deleted_at=None)
    if live.count() >= MOST:
        raise Conflict(f"An environment has at most {MOST} webhook endpoints. Delete one first.")
    endpoint = WebhookEndpoint(environment_id=environment_id, shape=objects.SHAPE)
    _set(endpoint, {"url": "", **values})
    endpoint.save(force_insert=True)
    return endpoint, _add_secret(endpoint, secret, now)


@transaction.atomic
def update(endpoint_id: str, **values: Any) -> WebhookEndpoint:
    """The endpoint with other values (see FIELDS); raises Invalid, NotFound or Outdated.

    One that is enabled again is sent what has waited, not what happened meanwhile: send that since then.
    """
    endpoint = _locked(endpoint_id)
    _set(endpoint, values)
    if values.get("enabled") or "url" in values:
        endpoint.failing_since = endpoint.next_attempt_at = endpoint.disabled_at = None
        endpoint.failures, endpoint.last_error, endpoint.disabled_reason = 0, "", ""
    endpoint.save()
    shared_wakeup.notify(dispatch.DELIVER_WEBHOOKS)
    return endpoint


def delete(endpoint_id: str, now: datetime) -> None:
    """Deletes the endpoint; when this returns, nothing is sent to it any more.

    A request that a worker has begun already is waited for.
    """
    with transaction.atomic():
        endpoint = _locked(endpoint_id)
        endpoint.deleted_at, endpoint.enabled, endpoint.sealed_headers = now, False, ""
        endpoint.save()
        endpoint.secrets.all().delete()
    ends_at = time.monotonic() + TOTAL_SECONDS + 5
    leased = WebhookEndpoint.objects.filter(pk=endpoint_id, leased_until__gt=timezone.now())
    while leased.filter(leased_until__gt=timezone.now()).exists() and time.monotonic() < ends_at:
        time.sleep(0.05)


@transaction.atomic
def rotate(endpoint_id: str, *, secret: str = "", overlap: timedelta, now: datetime) -> str:
    """A new secret; those that were there sign, too, for the time of the overlap. Raises Invalid."""
    endpoint = _locked(endpoint_id)
    endpoint.secrets.filter(expires_at__lte=now).delete()
    until = now + overlap
    endpoint.secrets.filter(expires_at=None).update(expires_at=until)
    endpoint.secrets.filter(expires_at__gt=until).update(expires_at=until)
    return _add_secret(endpoint, secret, now)


def _locked(endpoint_id: str) -> WebhookEndpoint:
    """The endpoint; raises NotFound for a deleted one, and Outdated where the caller has seen another one."""
    live = WebhookEndpoint.objects.select_for_update().filter(deleted_at=None)
    endpoint = live.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound(f"There is no webhook endpoint {endpoint_id}.")
    expected_versions.check(endpoint)
    return endpoint


def _add_secret(endpoint: WebhookEndpoint, secret: str, now: datetime) -> str:
    secret = secret or signing.new_secret()
    signing.check_secret(secret)
    WebhookSecret.objects.create(
        endpoint=endpoint, sealed=encrypt(secret), last4=last4(secret), created_at=now
    )
    return secret


def _set(endpoint: WebhookEndpoint, values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - FIELDS:
        raise Invalid.of(dict.fromkeys(unknown, "There is no such field."))
    if "url" in values:
        https_only = endpoint.environment.kind == Environment.Kind.PRODUCTION
        network.checked(values["url"], https_only=https_only)
    if "event_types" in values:
        _check_types(values["event_types"])
    if "headers" in values:
        _check_headers(values["headers"])
        endpoint.set_headers(values["headers"])
    for name in (FIELDS - {"headers"}) & values.keys():
        setattr(endpoint, name, values[name])


def _check_types(types: Sequence[str]) -> None:
    if unknown := sorted(set(types) - WANTED):
        message = (
            f"There is no event type {unknown[0]!r}: docs/outbound_webhooks.md lists them. [] is for all."
        )
        raise Invalid.of({"event_types": message})


def _check_headers(headers: Mapping[str, str]) -> None:
    if len(headers) > MOST_HEADERS:
        raise Invalid.of({"headers": f"At most {MOST_HEADERS} headers can be sent."})
    if len({name.lower() for name in headers}) < len(headers):
        raise Invalid.of({"headers": "Two of the names differ in case only: they are one header."})
    for name, value in headers.items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", name):
            raise Invalid.of({"headers": "One of the names is no name of a header."})
        if name.lower() in RESERVED:
            raise Invalid.of({f"headers.{name}": "FlexSync sets this header."})
        if not re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", value) or len(value) > LONGEST_HEADER:
            message = f"Send 1 to {LONGEST_HEADER} printable ASCII characters."
            raise Invalid.of({f"headers.{name}": message})
