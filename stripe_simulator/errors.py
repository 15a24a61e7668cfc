"""Stripe's error responses, as exceptions with a status and a body."""

from typing import Any


class StripeError(Exception):
    """A response with an error body. Source: Stripe API reference, "Errors"."""

    status = 400
    type = "invalid_request_error"
    keeps_effects = False

    def __init__(
        self, message: str, *, code: str | None = None, param: str | None = None, **extra: Any
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.param, self.extra = message, code, param, extra

    def body(self) -> dict[str, Any]:
        """Return the value of `error` in the response, without the URL of the request's log."""
        known: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code is not None:
            known["code"] = self.code
            known["doc_url"] = f"https://docs.stripe.com/error-codes#{self.code.replace('_', '-')}"
        if self.param is not None:
            known["param"] = self.param
        return known | self.extra


class InvalidRequest(StripeError):
    """The request is invalid as it stands."""


class NotFound(StripeError):
    """The object or the URL does not exist."""

    status = 404


class Unauthenticated(StripeError):
    """The key is missing, wrong or revoked."""

    status = 401


class Forbidden(StripeError):
    """The key is valid but has no access to this."""

    status = 403


class Conflict(StripeError):
    """Another request with the same idempotency key is still being carried out."""

    status = 409
    type = "idempotency_error"


class IdempotencyMismatch(StripeError):
    """The idempotency key was used before, for a different request."""

    type = "idempotency_error"


class RateLimited(StripeError):
    """Too many requests in this second; `retry_after` is the header's seconds, 0 to leave it out."""

    status = 429

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message, code="rate_limit")
        self.retry_after = retry_after


class CardError(StripeError):
    """The payment was declined."""

    status = 402
    type = "card_error"


class AttemptFailed(CardError):
    """An attempt to pay or to set up a card failed; it stays on record, unlike all else of a failing call."""

    keeps_effects = True


class ServerError(StripeError):
    """Stripe failed; whether the request had an effect is unknown."""

    status = 500
    type = "api_error"


# What Stripe's "No such ..." calls a kind whose name there differs.
_NOUNS = {
    "checkout.session": "checkout.session",
    "payment_intent": "payment_intent",
    "payment_method": "PaymentMethod",
    "setup_intent": "setupintent",
}


def missing(kind: str, id: str, param: str = "id") -> StripeError:
    """Return Stripe's error for an object that does not exist.

    It is a 404 if the path named the object, and a 400 if a parameter did.
    """
    noun = _NOUNS.get(kind, kind.replace(".", " ").replace("_", " "))
    error = NotFound if param in ("id", "intent") else InvalidRequest
    return error(f"No such {noun}: '{id}'", code="resource_missing", param=param)
