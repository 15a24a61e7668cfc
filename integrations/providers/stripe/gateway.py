"""Calls Stripe through its SDK: named operations return plain JSON, and raise only Retry or Rejected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from integrations.errors import Missing, Rejected, SyncError, Unclear
from integrations.provider_api import Account, Json
from integrations.providers.stripe import credentials as keys
from integrations.providers.stripe.client import client
from integrations.providers.stripe.failures import NOT_FOUND, declined, failure, is_stored
from integrations.providers.stripe.missing import kind_of, object_id
from integrations.providers.stripe.operations import request
from integrations.providers.stripe.recovery import ENDINGS, FINDERS, KEYS_LAST

if TYPE_CHECKING:
    from stripe import StripeClient, StripeError

# Appended to a key whose stored response is of no use; a key has room for twenty of these.
AGAIN = "-again"
# What a decline of these leaves behind is their outcome, and no error (docs/decisions).
CHARGES = ("payment_intents.create", "invoices.pay")
FORBIDDEN = 403


def open_gateway(credentials: Json) -> StripeGateway:
    """Stripe's API as the owner of ``credentials``; raises Rejected for keys that cannot be right."""
    livemode = keys.livemode(credentials)
    return StripeGateway(client(str(credentials["secret_key"])), livemode=livemode)


class StripeGateway:
    """One account at Stripe."""

    def __init__(self, sdk: StripeClient, *, livemode: bool) -> None:
        self._sdk = sdk
        self._livemode = livemode
        self._answered_at: datetime | None = None

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes one of the calls in operations.py.

        ``params`` are named as in Stripe's API, ``target`` is the path's id ("cus_1/txi_1" for two ids), and
        ``key`` the idempotency key (page "Idempotent requests"; up to 255 characters). Raises Retry,
        Rejected (Missing, too, for an object that the response says is deleted), or Unclear: for a server
        error that Stripe keeps under the key, and for a 404 to a DELETE, because an earlier attempt may have
        succeeded.
        """
        from stripe import StripeError

        verb, path = request(operation, target)
        options = {"idempotency_key": key} if key else {}
        try:
            response = self._sdk.raw_request(verb, path, **_sorted(params), **options)
        except StripeError as error:
            decline = declined(error, operation) if operation in CHARGES else None
            if decline is None:
                raise _failure(error, operation, key, object_id(error, params, target or "")) from error
            return decline
        self._answered_at = _date(response.headers)
        if response.data.get("deleted") is True and verb != "delete":
            gone = str(response.data["id"])
            message = f"Stripe's response to {operation} says that {gone} is deleted."
            found = kind_of(str(response.data.get("object")))
            raise Missing(message, object_id=gone, kind=found, was_there=True)
        return {**response.data, "_request_id": response.request_id or ""}

    def account(self) -> Account:
        """The account of the key; whether it is live is in the key, not in the response."""
        try:
            found = self.call("accounts.retrieve_current", {})
        except Rejected as refusal:
            # A restricted key may work without the permission to read its account.
            forbidden = getattr(refusal.__cause__, "http_status", None) == FORBIDDEN
            raise (Rejected(str(refusal)) if forbidden else refusal) from refusal.__cause__
        profile = (found.get("business_profile") or {}).get("name")
        shown = ((found.get("settings") or {}).get("dashboard") or {}).get("display_name")
        return Account(
            id=str(found["id"]),
            name=str(shown or profile or found["id"]),
            livemode=self._livemode,
            at=self._answered_at,
        )


def _date(headers: Mapping[str, str]) -> datetime | None:
    """The time of the response, by Stripe's clock, to the second."""
    found = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        return parsedate_to_datetime(found)
    except ValueError:
        return None


def _failure(error: StripeError, operation: str, key: str, missing: str) -> SyncError:
    """What to raise: Unclear where the call may have had its effect in spite of ``error``."""
    failed = failure(error, operation, missing)
    since = timezone.now() - KEYS_LAST
    if key and is_stored(error) and operation in FINDERS:
        return Unclear(str(failed), since=since, key=f"{key}{AGAIN}")
    if operation in ENDINGS and error.http_status == NOT_FOUND:
        return Unclear(str(failed), since=since, refusal=failed)
    return failed


def _sorted(value: Any) -> Any:
    """``value`` with all names sorted: a call repeated from storage must be the same, byte for byte."""
    if isinstance(value, Mapping):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value
