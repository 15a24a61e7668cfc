"""Sorts the SDK's errors by one question: would trying again help? (page "Error handling")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from integrations.errors import (
    Disputed,
    Forbidden,
    Missing,
    NoPaymentMethod,
    Rejected,
    Retry,
    SyncError,
    Throttled,
    TooSmall,
    Unreachable,
)
from integrations.provider_api import Json
from integrations.providers.stripe.missing import kind

if TYPE_CHECKING:
    from stripe import StripeError

_SECRET = re.compile(r"\b((?:sk|rk|pk)_(?:live|test)|whsec)_[A-Za-z0-9_*]+")

NOT_FOUND = 404
# Page "Error codes".
_BY_CODE: dict[str, type[Rejected]] = {"amount_too_small": TooSmall, "charge_disputed": Disputed}
# By the type of the network's error.
_CAUSES = {
    "ConnectTimeout": "no connection came about in time",
    "ReadTimeout": "no answer came in time",
    "SSLError": "its certificate was not accepted",
    "ProxyError": "the proxy in between failed",
}


def failure(error: StripeError, operation: str, object_id: str = "") -> SyncError:
    """What to raise instead of ``error``: Retry or Rejected, with Stripe's message and without secrets.

    ``object_id``: which object it says is gone, see missing.object_id.
    """
    from stripe import APIConnectionError, PermissionError

    if isinstance(error, APIConnectionError):
        return Unreachable(f"Stripe did not answer {operation}: {_cause(error)}.")
    details = f"{operation}: {_details(error)}"
    if advice := _advice_on_key(error):
        refusal = Forbidden if isinstance(error, PermissionError) else Rejected
        return refusal(f"{advice} ({details})", connection_is_broken=True)
    headers = error.headers or {}
    if _is_temporary(error.http_status or 0, headers, error.code):
        return _retry_type(error)(f"Stripe could not complete {details}", after=_retry_after(headers))
    message, param = f"Stripe refused {details}", str(getattr(error, "param", None) or "")
    if object_id or error.http_status == NOT_FOUND:
        return Missing(message, object_id=object_id, kind=kind(error), param=param)
    if error.code in _BY_CODE:
        return _BY_CODE[error.code](message, param=param)
    # Page "Payment method priority" of subscriptions: the message alone tells what is missing there.
    has_no_method = "no attached payment source" in (error.user_message or "")
    return (NoPaymentMethod if has_no_method else Rejected)(message, param=param)


def _advice_on_key(error: StripeError) -> str:
    """What to do about a secret key that Stripe does not accept, "" when the key is not the cause."""
    from stripe import AuthenticationError, PermissionError

    if isinstance(error, AuthenticationError):
        return "Stripe does not accept the connection's secret key: store a valid one in the connection."
    if isinstance(error, PermissionError):
        return (
            "The connection's secret key is not allowed to do this: give it the permission in Stripe's dashboard, or"
            " store another key in the connection."
        )
    return ""


def _retry_type(error: StripeError) -> type[Retry]:
    """What has to wait: the account's calls, the connection, or this call alone (409, a locked object)."""
    status = error.http_status or 0
    if status >= 500:
        return Unreachable
    # Page "Rate limits": a lock_timeout is a 429 too, but concerns one object.
    return Throttled if status == 429 and error.code != "lock_timeout" else Retry


def declined(error: StripeError, operation: str) -> Json | None:
    """The PaymentIntent of a decline: the outcome of the call, which says more than the error.

    For an invoice that is paid, the error itself where it shows none. None for what is no decline.
    """
    from stripe import CardError

    if not isinstance(error, CardError):
        return None
    body: Any = error.json_body or {}
    shown = body.get("error") or {}
    itself = {**shown, "object": "error"} if operation == "invoices.pay" else None
    outcome = shown.get("payment_intent") or itself
    return {**outcome, "_request_id": error.request_id or ""} if outcome else None


def is_stored(error: StripeError) -> bool:
    """Whether Stripe keeps this server error under the call's key: each repetition would return it again."""
    return (error.http_status or 0) >= 500 and (error.headers or {}).get("idempotent-replayed") == "true"


def without_secrets(text: str) -> str:
    """``text`` in which everything that looks like a key or a signing secret is masked."""
    return _SECRET.sub(r"\1_****", text)


def _is_temporary(status: int, headers: Mapping[str, str], code: str | None) -> bool:
    """A "false" in Stripe-Should-Retry does not count: it means only, not at once under the same key."""
    # Page "Idempotent requests": 409 is the same key in use right now. Pages "Rate limits" and
    # "Advanced error handling".
    by_status = status in (409, 429) or status >= 500 or code in ("rate_limit", "lock_timeout")
    return by_status or headers.get("stripe-should-retry") == "true"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds; Stripe does not send its other form, a date."""
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _cause(error: BaseException) -> str:
    """What the network's error means: its text repeats addresses and buffers."""
    return _CAUSES.get(type(error.__cause__).__name__, "the connection failed")


def _details(error: StripeError) -> str:
    """Stripe's message and what locates it: parameter, codes, status and request id."""
    located = {
        "param": getattr(error, "param", None),
        "code": error.code,
        "decline": getattr(error.error, "decline_code", None),
        "status": error.http_status,
        "request": error.request_id,
    }
    places = ", ".join(f"{name} {value}" for name, value in located.items() if value)
    return without_secrets(f"{error.user_message or 'no message'} ({places})")
