"""Idempotency keys: the first response is stored and replayed.

Source: Stripe API reference, "Idempotent requests".
"""

from dataclasses import dataclass

from ..errors import Conflict, IdempotencyMismatch, InvalidRequest
from ..state.clock import Clock

_LONGEST = 255
_KEPT_SECONDS = 24 * 3600


@dataclass
class Remembered:
    """The first request with a key, and its response once there is one."""

    endpoint: str
    params: str
    time: float
    request_id: str
    status: int | None = None
    body: bytes = b""


class IdempotencyKeys:
    """The request and response of each account's keys, for at least 24 hours."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._remembered: dict[tuple[str, str], Remembered] = {}

    def begin(self, account: str, key: str, endpoint: str, params: str, request_id: str) -> Remembered | None:
        """Return the stored request to replay, or None if this request is the first.

        The first request then owns the key until it ends.
        """
        if len(key) > _LONGEST:
            raise InvalidRequest(f"Idempotency keys can be at most {_LONGEST} characters.")
        known = self._remembered.get((account, key))
        if known is None or (known.status is not None and known.time < self._clock.time() - _KEPT_SECONDS):
            self._remembered[account, key] = Remembered(endpoint, params, self._clock.time(), request_id)
            return None
        if known.endpoint != endpoint:
            raise IdempotencyMismatch(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for"
                f" ('{endpoint}' vs '{known.endpoint}'). Try using a key other than '{key}' if you meant to execute a"
                " different request."
            )
        if known.params != params:
            raise IdempotencyMismatch(
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
                f" Try using a key other than '{key}' if you meant to execute a different request."
            )
        if known.status is None:
            raise Conflict(
                "There is currently another in-progress request using this Stripe-Idempotency-Key"
                f" (that probably means you submitted twice, and the other request is still going through): {key}",
                code="idempotency_key_in_use",
            )
        return known

    def keep(self, account: str, key: str, status: int, body: bytes) -> None:
        """Store the response of the request that owns the key."""
        first = self._remembered[account, key]
        first.status, first.body = status, body

    def release(self, account: str, key: str) -> None:
        """Release the key: the request was refused before it was carried out."""
        self._remembered.pop((account, key), None)
