"""The SDK's errors, sorted by the one question: would trying again help? (page "Error handling")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from integrations.errors import Rejected, Retry, SyncError, Throttled, Unreachable
from integrations.provider_api import Json

if TYPE_CHECKING:
    from stripe import StripeError

_SECRET = re.compile(r"\b((?:sk|rk|pk)_(?:live|test)|whsec)_[A-Za-z0-9_*]+")


def failure(error: StripeError, operation: str) -> SyncError:
    """What to raise instead of ``error``: Retry or Rejected, with Stripe's words and without secrets."""
    from stripe import APIConnectionError, AuthenticationError, PermissionError

    if isinstance(error, APIConnectionError):
        return Unreachable(f"Stripe did not answer {operation}: {_cause(error)}.")
    said = f"{operation}: {_said(error)}"
    if isinstance(error, AuthenticationError):
        return Rejected(
            f"Stripe does not accept the connection's secret key: put a valid one into it. ({said})",
            connection_is_broken=True,
        )
    if isinstance(error, PermissionError):
        return Rejected(
            "The connection's secret key is not allowed to do this: give it the permission in Stripe's dashboard, or"
            f" put another key into the connection. ({said})",
            connection_is_broken=True,
        )
    headers = error.headers or {}
    if _may_help(error.http_status or 0, headers, error.code):
        return _later(error)(f"Stripe could not do {said}", after=_asked_to_wait(headers))
    return Rejected(f"Stripe refused {said}")


def _later(error: StripeError) -> type[Retry]:
    """What has to wait: the account's calls, the account as a whole, or this call alone (409, a locked object)."""
    status = error.http_status or 0
    if status >= 500:
        return Unreachable
    # Page "Rate limits": a lock_timeout is a 429 too, but of one object.
    return Throttled if status == 429 and error.code != "lock_timeout" else Retry


def declined(error: StripeError) -> Json | None:
    """The PaymentIntent that a decline leaves behind: it says more than the error, and is what became of the call."""
    from stripe import CardError

    if not isinstance(error, CardError):
        return None
    body: Any = error.json_body or {}
    intent = (body.get("error") or {}).get("payment_intent")
    return {**intent, "_request_id": error.request_id or ""} if intent else None


def is_stored(error: StripeError) -> bool:
    """Whether a failure of Stripe's own was kept under the call's key: repeating it gives the same answer forever."""
    return (error.http_status or 0) >= 500 and (error.headers or {}).get("idempotent-replayed") == "true"


def without_secrets(text: str) -> str:
    """``text`` with anything that looks like a key or a signing secret blotted out."""
    return _SECRET.sub(r"\1_****", text)


def _may_help(status: int, headers: Mapping[str, str], code: str | None) -> bool:
    """Stripe says it itself where it knows (Stripe-Should-Retry), but a "false" is about the same key at once."""
    # Page "Idempotent requests": 409 is the same key in use right now. Pages "Rate limits", "Advanced error handling".
    by_status = status in (409, 429) or status >= 500 or code in ("rate_limit", "lock_timeout")
    return by_status or headers.get("stripe-should-retry") == "true"


def _asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds; Stripe does not send its other form, a date."""
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _cause(error: BaseException) -> str:
    """The network's own error by its type only: its text repeats addresses and buffers."""
    return type(error.__cause__).__name__ if error.__cause__ else "the connection failed"


def _said(error: StripeError) -> str:
    """Stripe's message and what locates it: parameter, codes, status and request id."""
    details = {
        "param": getattr(error, "param", None),
        "code": error.code,
        "decline": getattr(error.error, "decline_code", None),
        "status": error.http_status,
        "request": error.request_id,
    }
    located = ", ".join(f"{name} {value}" for name, value in details.items() if value)
    return without_secrets(f"{error.user_message or 'no message'} ({located})")
