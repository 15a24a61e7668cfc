"""The provider's API behind rate limiter and circuit breaker: calls wait their turn, failures are counted."""

from collections.abc import Callable
from typing import TypeVar

from integrations.db.encryption import NoKeyOpens, decrypt_json
from integrations.errors import Forbidden, Missing, Rejected, SyncError, Throttled, Unclear, Unreachable
from integrations.gateway import call_counts, circuit_breaker, missing_objects, rate_limiter, slots
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import Account, Gateway, Json, registry

# How often a call that was too fast is made again before its row waits; the provider did not do it, so that
# is safe.
MAX_TRIES = 3
# The pause when the provider does not say how long to wait.
DEFAULT_PAUSE_SECONDS = 1.0

ResultT = TypeVar("ResultT")


class GuardedGateway:
    """A provider_api.Gateway within the rate limit. Raises Retry (Throttled, Unreachable) or Rejected."""

    def __init__(
        self,
        connection: Connection,
        priority: Priority,
        *,
        before: Callable[[], None] = lambda: None,
        tolerant: bool = False,
    ) -> None:
        """``before`` is called when the call has its turn; what it raises keeps the call from being made.

        ``tolerant``: what the credentials may not do does not break the connection, which works without it.
        """
        self._connection = connection
        self._priority = priority
        self._before = before
        self._tolerant = tolerant
        self._gateway: Gateway | None = None
        self._calls_per_second = 0.0

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes one call; where its outcome is unclear, the calls that find out wait their turns too.

        Notes of a mapped object that it is gone, where the answer says so.
        """
        try:
            return self._call(operation, params, target, key)
        except Missing as missing:
            missing_objects.note(self._connection, missing)
            raise

    def call_once(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """The same, but raises Unclear where the outcome is."""
        try:
            return self._once(operation, params, target, key)
        except Missing as missing:
            missing_objects.note(self._connection, missing)
            raise

    def _once(self, operation: str, params: Json, target: str | None, key: str) -> Json:
        return self._run(lambda gateway: gateway.call(operation, params, target=target, key=key))

    def _call(self, operation: str, params: Json, target: str | None, key: str) -> Json:
        try:
            return self._once(operation, params, target, key)
        except Unclear as unclear:
            found = self._found(unclear, operation, params, target or "")
            if found is not None:
                return found
            if unclear.refusal is not None:
                raise unclear.refusal from unclear.__cause__
            new_key = unclear.key
        return self._call(operation, params, target, new_key)

    def _found(self, unclear: Unclear, operation: str, params: Json, target: str) -> Json | None:
        find = registry.provider(self._connection.provider).recovery.find
        return find(self, operation=operation, params=params, target=target, since=unclear.since)

    def account(self) -> Account:
        """The account that the credentials belong to."""
        return self._run(lambda gateway: gateway.account())

    def _run(self, call: Callable[[Gateway], ResultT]) -> ResultT:
        gateway = self._gateway or self._open()
        for tries_left in reversed(range(MAX_TRIES)):
            slots.before_call()
            failures = rate_limiter.admit(self._connection, self._priority, self._calls_per_second)
            self._before()
            try:
                with call_counts.counted(self._connection.pk):
                    result = call(gateway)
            except Throttled as throttled:
                rate_limiter.pause(self._connection, throttled.after or DEFAULT_PAUSE_SECONDS)
                if tries_left:
                    continue
                raise
            except SyncError as failure:
                self._report(failure, failures)
                raise
            if failures:
                rate_limiter.clear_failures(self._connection)
            return result
        raise AssertionError("unreachable: the last try returns or raises")

    def _open(self) -> Gateway:
        credentials = self._credentials()
        self._gateway = registry.gateway(self._connection.provider, credentials)
        self._calls_per_second = rate_limiter.calls_per_second(self._connection)
        return self._gateway

    def _credentials(self) -> dict[str, str]:
        """Decrypted; where no key opens them the connection is broken until one does."""
        try:
            return decrypt_json(self._connection.sealed_credentials)
        except NoKeyOpens as error:
            refusal = Rejected(str(error), connection_is_broken=True)
            self._report(refusal, failures=0)
            raise refusal from error

    def _report(self, failure: SyncError, failures: int) -> None:
        """Tells the circuit breaker what a failure says of the connection: it is down, refused, or works."""
        if isinstance(failure, Unreachable):
            circuit_breaker.count_failure(self._connection, str(failure))
        elif isinstance(failure, Forbidden) and self._tolerant:
            return
        elif isinstance(failure, Rejected) and failure.connection_is_broken:
            circuit_breaker.break_connection(self._connection, str(failure))
        elif failures:
            rate_limiter.clear_failures(self._connection)
