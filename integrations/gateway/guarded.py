"""The provider's API behind the governor and the breaker: every call waits for its turn and tells how it went."""

from collections.abc import Callable
from typing import TypeVar

from integrations.errors import Rejected, SyncError, Throttled, Unclear, Unreachable
from integrations.gateway import circuit_breaker, rate_limiter
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import registry
from integrations.provider_api.spec import Account, Gateway, Json

# How often a call that was too fast is made again before its row waits; it was not carried out, so that is safe.
TRIES = 3
# Seconds to wait when the provider does not say how long.
UNSAID = 1.0

AnswerT = TypeVar("AnswerT")


class GuardedGateway:
    """A provider.Gateway that keeps the connection's pace. Raises Retry (Throttled, Unreachable) or Rejected."""

    def __init__(
        self, connection: Connection, priority: Priority, *, before: Callable[[], None] = lambda: None
    ) -> None:
        """``before`` is called when the turn has come; what it raises keeps the call from being made."""
        self._connection = connection
        self._priority = priority
        self._before = before
        self._gateway: Gateway | None = None

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes one call; where its answer says too little, the calls that find out have their turns too."""
        try:
            return self._run(lambda gateway: gateway.call(operation, params, target=target, key=key))
        except Unclear as unclear:
            found = self._found(unclear, operation, params, target or "")
            if found is not None:
                return found
            if unclear.refusal is not None:
                raise unclear.refusal from unclear.__cause__
            again = unclear.key
        return self.call(operation, params, target=target, key=again)

    def _found(self, unclear: Unclear, operation: str, params: Json, target: str) -> Json | None:
        look = registry.provider(self._connection.provider).look
        return look(self, operation, params, target, unclear.since)

    def account(self) -> Account:
        """Who the credentials belong to."""
        return self._run(lambda gateway: gateway.account())

    def _run(self, question: Callable[[Gateway], AnswerT]) -> AnswerT:
        if self._gateway is None:
            self._gateway = registry.gateway(self._connection.provider, self._connection.credentials())
        for left in reversed(range(TRIES)):
            failures = rate_limiter.admit(self._connection, self._priority)
            self._before()
            try:
                answer = question(self._gateway)
            except Throttled as slower:
                rate_limiter.pause(self._connection, slower.after or UNSAID)
                if left:
                    continue
                raise
            except SyncError as failure:
                self._tell(failure, failures)
                raise
            if failures:
                rate_limiter.worked(self._connection)
            return answer
        raise AssertionError("unreachable: the last try answers or raises")

    def _tell(self, failure: SyncError, failures: int) -> None:
        """What a failure says of the connection: that it is down, that it was refused, or that it answers."""
        if isinstance(failure, Unreachable):
            circuit_breaker.count_failure(self._connection, str(failure))
        elif isinstance(failure, Rejected) and failure.connection_is_broken:
            circuit_breaker.break_connection(self._connection, str(failure))
        elif failures:
            rate_limiter.worked(self._connection)
