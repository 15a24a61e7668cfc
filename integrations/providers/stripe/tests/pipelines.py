"""Runs both pipelines in one thread: webhooks arrive over HTTP, then all due work is done."""

from datetime import timedelta

from django.utils import timezone

from integrations.db.encryption import encrypt, last4
from integrations.inbox import processing
from integrations.models import Connection, InboundEvent, OutboundSync, SigningSecret
from integrations.outbox import worker
from integrations.payments import duplicates
from integrations.providers.stripe.gateway import open_gateway
from integrations.providers.stripe.provider import PROVIDER
from stripe_simulator.testing import SimulatorServer


class Pipelines:
    """Does in the test what workers do; ``simulator`` is the other end."""

    def __init__(self, simulator: SimulatorServer) -> None:
        self.simulator = simulator
        self._rounds = 0

    def register(self, connection: Connection, site: str) -> None:
        """Creates the webhook endpoint, as the admin's button does."""
        url = f"{site}/v1/integrations/stripe/webhook/{connection.id}"
        secret = PROVIDER.webhooks.register(
            open_gateway(connection.credentials()), url=url, endpoint_id=""
        ).secret
        SigningSecret.objects.create(connection=connection, sealed=encrypt(secret), last4=last4(secret))

    def settle(self) -> None:
        """Runs both pipelines until no work is left."""
        for _ in range(12):
            self.simulator.flush_deliveries()
            if not self._work():
                return
        raise AssertionError(f"Still not settled: {self.unsettled()}")

    def unsettled(self) -> list[tuple[str, str]]:
        """The events and syncs that are not settled, each with its reason."""
        events = InboundEvent.objects.exclude(state__in=["applied", "ignored"]).values_list("type", "reason")
        syncs = OutboundSync.objects.exclude(state="done").values_list("entity_id", "last_error")
        return [*events, *syncs]

    def writes(self) -> list[str]:
        """The connection's own writes to Stripe since the endpoint was registered."""
        writes = [call for call in self.simulator.requests() if call["method"] != "GET"]
        own = [call for call in writes if (call["idempotency_key"] or "").startswith("flexsync-")]
        return [call["operation"] for call in own]

    def _work(self) -> bool:
        # Each round is hours after the one before, so that every waiting row is due.
        self._rounds += 1
        later = timezone.now() + timedelta(hours=2 * self._rounds)
        events = InboundEvent.objects.filter(state="pending").count()
        processing.process_due(later, events)
        syncs = list(
            OutboundSync.objects.filter(state__in=["pending", "sending"]).values_list("id", flat=True)
        )
        for sync in syncs:
            worker.deliver(sync, now=timezone.now())
        refunded = [duplicates.refund_automatically(invoice, timezone.now()) for invoice in duplicates.due()]
        return bool(events or syncs or any(refunded))
