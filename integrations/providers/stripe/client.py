"""The SDK's client: one per process and key, pinned to FlexSync's API version, with FlexSync's timeouts."""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from integrations.provider_api import patience
from integrations.providers.stripe.version import API_VERSION

if TYPE_CHECKING:
    from requests import Session
    from stripe import StripeClient

# Seconds to connect, and to wait for a response; the SDK's own 80 s would outlive a worker's lease.
TIMEOUTS = (5.0, 20.0)
# The SDK retries connection errors, 409 and >= 500 only; the call's idempotency key makes that safe.
RETRIES = 2
# The same where a person waits: workers go on with what was begun.
PERSONS_TIMEOUTS, PERSONS_RETRIES = (3.0, 8.0), 1
# How many connections are kept open: more than a worker has threads.
CONNECTIONS = 64


def client(secret_key: str) -> StripeClient:
    """The client for ``secret_key``; its connections are kept open between calls."""
    # A forked worker must not write into the sockets of its parent.
    limits = (PERSONS_TIMEOUTS, PERSONS_RETRIES) if patience.person_waits() else (TIMEOUTS, RETRIES)
    return _client(os.getpid(), secret_key, settings.STRIPE_API_BASE, *limits)


@lru_cache(maxsize=64)
def _client(
    _process: int, secret_key: str, base: str, timeouts: tuple[float, float], retries: int
) -> StripeClient:
    # Imported here: the SDK costs 0.9 s and 45 MB, and web processes hardly ever call.
    import stripe
    from stripe import RequestsClient

    # Telemetry would send FlexSync's request times to Stripe; the SDK asks for no consent.
    stripe.enable_telemetry = False
    # The SDK logs two lines for each call, all of which is recorded with the call.
    logging.getLogger("stripe").setLevel(logging.WARNING)
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=retries,
        http_client=RequestsClient(timeout=timeouts, session=_session(base)),
    )


def _session(base: str) -> Session:
    """A session that reads the environment's proxies once: doing so takes a fifth of a call's time."""
    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies

    session = Session()
    session.trust_env = False
    session.proxies = get_environ_proxies(base)
    session.mount(base, HTTPAdapter(pool_maxsize=CONNECTIONS))
    return session
