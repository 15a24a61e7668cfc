"""Endpoints that fail for days are disabled.

Source: Stripe docs, "Receive Stripe events in your webhook endpoint", "Disable behavior": after several days
without any 2xx, of which its owner is told by email. The number of days is that of those emails.
"""

from ..state.account import Object

_DAY = 86400


def disable_after_days(endpoint: Object, now: float, days: int) -> None:
    """Note a failed attempt, and disable the endpoint if all have failed for this many days (0: never)."""
    since: float = endpoint.setdefault("_failing_since", now)
    if days and now - since >= days * _DAY:
        endpoint["status"] = "disabled"
