"""Calls Stripe through its SDK: named operations in, plain JSON out, and only Retry or Rejected for what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from integrations.errors import Rejected, Unclear
from integrations.provider_api import Account, Json
from integrations.providers.stripe import credentials as keys
from integrations.providers.stripe.client import client
from integrations.providers.stripe.failures import declined, failure, is_stored
from integrations.providers.stripe.operations import request
from integrations.providers.stripe.outcomes import ENDINGS, KEYS_LAST, LOOKS

if TYPE_CHECKING:
    from stripe import StripeClient

# What is added to a key whose stored answer is of no use; keys have room for twenty of them.
AGAIN = "-again"
FORBIDDEN, NOT_FOUND = 403, 404


def open_gateway(credentials: Json) -> StripeGateway:
    """Stripe's API as the owner of ``credentials``; raises Rejected for keys that cannot be right."""
    livemode = keys.livemode(credentials)
    return StripeGateway(client(str(credentials["secret_key"])), livemode=livemode)


class StripeGateway:
    """One account at Stripe."""

    def __init__(self, sdk: StripeClient, *, livemode: bool) -> None:
        self._sdk = sdk
        self._livemode = livemode

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes one call of those in operations.py.

        ``params`` are named as in Stripe's API, ``target`` is the id in the path ("cus_1/txi_1" where there are two),
        ``key`` the idempotency key (page "Idempotent requests"; up to 255 characters). Raises Retry, Rejected, or Unclear for a failure of
        Stripe's own that is kept under the key, and for a 404 to a DELETE that may have been ours.
        """
        from stripe import StripeError

        verb, path = request(operation, target)
        options = {"idempotency_key": key} if key else {}
        try:
            answer = self._sdk.raw_request(verb, path, **_in_order(params), **options)
        except StripeError as error:
            intent = declined(error) if operation == "payment_intents.create" else None
            if intent is not None:
                return intent
            wrong = failure(error, operation)
            since = timezone.now() - KEYS_LAST
            if key and is_stored(error) and operation in LOOKS:
                raise Unclear(str(wrong), since=since, key=f"{key}{AGAIN}") from error
            if operation in ENDINGS and error.http_status == NOT_FOUND:
                raise Unclear(str(wrong), since=since, refusal=wrong) from error
            raise wrong from error
        return {**answer.data, "_request_id": answer.request_id or ""}

    def account(self) -> Account:
        """Who the key belongs to; whether it is live is in the key, not in the answer."""
        try:
            found = self.call("accounts.retrieve_current", {})
        except Rejected as refusal:
            # A restricted key may do its work without the permission to read its account.
            forbidden = getattr(refusal.__cause__, "http_status", None) == FORBIDDEN
            raise (Rejected(str(refusal)) if forbidden else refusal) from refusal.__cause__
        profile = (found.get("business_profile") or {}).get("name")
        shown = ((found.get("settings") or {}).get("dashboard") or {}).get("display_name")
        return Account(
            id=str(found["id"]), name=str(shown or profile or found["id"]), livemode=self._livemode
        )


def _in_order(value: Any) -> Any:
    """``value`` with all names sorted: a call repeated from storage must be the same to the byte under its key."""
    if isinstance(value, Mapping):
        return {name: _in_order(value[name]) for name in sorted(value)}
    return [_in_order(one) for one in value] if isinstance(value, list | tuple) else value
