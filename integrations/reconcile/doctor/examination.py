"""One examination of a connection: what its checks share, each asked of the provider once."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial
from typing import TypeVar

from django.utils import timezone

from integrations.connections import credentials
from integrations.db.encryption import NoKeyOpens
from integrations.errors import Forbidden, SyncError
from integrations.gateway.guarded import GuardedGateway
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import Account, Endpoint, Json, Provider, registry
from integrations.reconcile.doctor.findings import Finding, Severity

AnswerT = TypeVar("AnswerT")


class Examination:
    """``found``: the findings so far, which later checks take into account."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection, self.now = connection, now
        self.provider: Provider = registry.provider(connection.provider)
        self.gateway = GuardedGateway(connection, Priority.PERSON, tolerant=True)
        self.found: list[Finding] = []
        # When the account was asked for, by this server's clock.
        self.asked_at = now

    @cached_property
    def credentials(self) -> Json | None:
        """In the clear; None where no key decrypts them."""
        try:
            return self.connection.credentials()
        except NoKeyOpens:
            return None

    @cached_property
    def account(self) -> Account | SyncError:
        """Whose the credentials are, or why that is not known."""
        answer = self._asked(self.gateway.account)
        self.asked_at = timezone.now()
        return answer

    @cached_property
    def endpoint(self) -> Endpoint | SyncError | None:
        """What is registered at the provider, None for nothing, or why that is not known."""
        return self._asked(self._find)

    @property
    def is_answered(self) -> bool:
        """Whether the provider can be asked at all: what its credentials may not do does not count."""
        return self.credentials is not None and (
            isinstance(self.account, Account) or is_permission(self.account)
        )

    def has_error(self, *checks: str) -> bool:
        """Whether one of these checks has found an error."""
        return any(one.check in checks and one.severity == Severity.ERROR for one in self.found)

    def asks(self, operation: str, params: Json) -> SyncError | None:
        """Why the provider did not answer this call, None where it did."""
        answer = self._asked(lambda: self.gateway.call(operation, params))
        return answer if isinstance(answer, SyncError) else None

    def _find(self) -> Endpoint | None:
        webhooks = self.provider.webhooks
        if webhooks is None or webhooks.find is None:
            return None
        return webhooks.find(
            self.gateway,
            leads_here=partial(credentials.leads_to, self.connection),
            endpoint_id=self.connection.webhook_endpoint_id,
        )

    def _asked(self, ask: Callable[[], AnswerT]) -> AnswerT | SyncError:
        try:
            return ask()
        except SyncError as failure:
            return failure


def is_permission(failure: SyncError) -> bool:
    """Whether the credentials are good, but may not do this."""
    # The account's own refusal is told apart by its gateway already.
    return isinstance(failure, Forbidden) or not getattr(failure, "connection_is_broken", True)
