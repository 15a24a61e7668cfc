"""Signed events of new customers, as Stripe would post them."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

SECRET = "whsec_only_for_benchmarks"


Post = tuple[bytes, dict[str, str]]


def events(count: int) -> Iterator[Post]:
    """Yields ``count`` bodies of about 4 KB with their headers, of customers that are new in every run."""
    run, now = time.time_ns(), int(time.time())
    for number in range(count):
        yield signed(_event(f"{run}{number}", now))


def signed(event: dict[str, Any]) -> Post:
    """Returns the event as Stripe posts it: body and headers."""
    now, body = int(time.time()), json.dumps(event, indent=2).encode()
    proof = hmac.new(SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={now},v1={proof}", "Content-Type": "application/json"}


def _event(name: str, now: int) -> dict[str, Any]:
    metadata = {f"note_{number}": "x" * 80 for number in range(35)}
    customer = {"id": f"cus_{name}", "object": "customer", "name": "Ada Ltd", "email": f"{name}@example.com"}
    return {
        "id": f"evt_{name}",
        "object": "event",
        "type": "customer.created",
        "created": now,
        "livemode": False,
        "data": {"object": customer | {"livemode": False, "metadata": metadata, "created": now}},
    }
