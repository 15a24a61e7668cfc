"""One Stripe account and one environment for each case, and workers that run until no push is open."""

from datetime import timedelta
from itertools import count
from typing import Any

import stripe as sdk
from django.utils import timezone

from billing.models import Environment
from integrations.connections import health
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import worker
from integrations.providers.stripe.version import API_VERSION
from integrations.testing import make_connection
from stripe_simulator.testing import SimulatorServer

_numbers = count(1)
# Each round of work is this much later than the one before: all leases and pauses have ended.
LATER = timedelta(hours=2)
ROUNDS = 16


class World:
    """An account, the connection to it, and a client that looks at Stripe as a person would."""

    def __init__(self, simulator: SimulatorServer) -> None:
        self.simulator = simulator
        self.label = f"fault{next(_numbers)}"
        self.environment = Environment.objects.create(name=self.label)
        self.connection: Connection = make_connection(
            self.environment.id, "stripe", credentials={"secret_key": f"sk_test_{self.label}"}
        )
        self.stripe_api = sdk.StripeClient(
            f"sk_test_{self.label}_person",
            base_addresses={"api": simulator.base_url},
            stripe_version=API_VERSION,
        )
        self._rounds = 0

    def work(self) -> None:
        """Does what workers do, once: delivers every open push, as if it were due."""
        self._rounds += 1
        now = timezone.now() + LATER * self._rounds
        broken = Connection.objects.filter(pk=self.connection.pk, status=ConnectionStatus.BROKEN)
        if broken.exists():
            health.probe(self.connection.pk, now=now)
        for sync_id in self.open().order_by("created_at", "id").values_list("pk", flat=True):
            worker.deliver(sync_id, now=now)

    def recover(self) -> None:
        """Works until no push is open."""
        for _ in range(ROUNDS):
            if not self.open().exists():
                return
            self.work()
        raise AssertionError(f"Still open: {list(self.open().values('entity_id', 'step', 'last_error'))}")

    def open(self) -> Any:
        """The rows of the outbox that are not settled."""
        return OutboundSync.objects.filter(connection=self.connection, state__in=OPEN_STATES)

    def unsettled(self) -> list[tuple[str, str]]:
        """The pushes that did not succeed, and why; not checkouts, whose callers know."""
        rows = OutboundSync.objects.filter(connection=self.connection, action="push").exclude(state="done")
        return list(rows.values_list("entity_id", "last_error"))

    def stripe_id_of(self, entity_id: str) -> str:
        """Stripe's id of the entity's only counterpart; fails when there is none, or more than one."""
        return EntityMapping.objects.get(connection=self.connection, entity_id=entity_id).provider_entity_id

    def calls(self) -> list[str]:
        """The operations called at Stripe so far."""
        return [call["operation"] for call in self.simulator.requests(account=self.label)]

    def only(self, resource: str, **params: Any) -> Any:
        """The only object of a resource in the account."""
        found = getattr(self.stripe_api.v1, resource).list(params).data
        assert len(found) == 1, f"{len(found)} {resource}"
        return found[0]
