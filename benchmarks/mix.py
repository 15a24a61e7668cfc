"""The mix of events that one customer who signs up causes, in Stripe's shapes (templates.json)."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Type, object, and which of its states it shows; every customer has its own product, price and subscription.
FIRST = [
    ("customer.created", "customer", 1),
    ("product.created", "product", 1),
    ("customer.subscription.created", "subscription", 1),
    ("invoice.paid", "invoice", 2),
]
SECOND = [
    ("customer.updated", "customer", 2),
    ("product.updated", "product", 2),
    ("customer.subscription.updated", "subscription", 2),
]
# The environment that the customers' metadata names.
ENVIRONMENT = "env_prod"
# Second states come this many customers after their first.
LAG = 64
TEMPLATES: dict[str, str] = json.loads(Path(__file__).with_name("templates.json").read_text())


def mix(customers: int, run: str = "") -> Iterator[dict[str, Any]]:
    """Yields seven events for each customer, the second states later; ``run`` makes two runs' ids differ."""
    base = int(time.time()) - 20 * 86400
    for number in range(customers + LAG):
        if number < customers:
            yield from (_event(f"{run}{number:08d}", base + number * 7, *shown) for shown in FIRST)
        if number >= LAG:
            earlier = number - LAG
            yield from (_event(f"{run}{earlier:08d}", base + earlier * 7 + 3, *shown) for shown in SECOND)


def _event(tag: str, created: int, type: str, of: str, rev: int) -> dict[str, Any]:
    return {
        "id": f"evt_{tag}{type.replace('.', '')}",
        "object": "event",
        "api_version": "2026-05-27.dahlia",
        "created": created,
        "data": {"object": json.loads(TEMPLATES[of].replace("@G@", tag).replace("@REV@", str(rev)))},
        "livemode": False,
        "request": {"id": f"req_{tag}", "idempotency_key": f"idem-{tag}"},
        "type": type,
    }
