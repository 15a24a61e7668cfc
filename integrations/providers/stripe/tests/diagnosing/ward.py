"""A connection in good health, and what a fault needs to be planted in it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from integrations.connections import credentials, manage
from integrations.models import ComparisonRun, Connection, InboundEvent
from integrations.models.comparison_runs import ComparisonState
from integrations.providers.stripe.testing import golden
from integrations.providers.stripe.version import API_VERSION
from integrations.providers.stripe.webhook import HEADER, signature
from integrations.reconcile.catch_up import polling
from integrations.reconcile.doctor import doctor
from integrations.reconcile.doctor.findings import Finding, Report, Severity
from stripe_simulator.testing import SimulatorServer


@dataclass
class Ward:
    """``connection`` at ``simulator``; ``api`` is a person at Stripe, ``settings`` those of Django."""

    connection: Connection
    simulator: SimulatorServer
    api: Any
    settings: Any

    def heal(self) -> "Ward":
        """Makes everything right: endpoint registered and proven, events polled, both sides compared."""
        self.change(api_version=API_VERSION)
        manage.test(self.connection)
        self.connection.signing_secrets.all().delete()
        credentials.register_webhook(self.connection, timezone.now())
        polling.poll(self.connection.pk)
        self.deliver("evt_proof")
        now = timezone.now()
        ComparisonRun.objects.create(connection=self.connection, state=ComparisonState.DONE, settled_at=now)
        return self

    def change(self, **columns: Any) -> None:
        """Changes the connection's row, and whoever holds it."""
        Connection.objects.filter(pk=self.connection.pk).update(**columns)
        self.connection.refresh_from_db()

    def deliver(self, event_id: str, secret: str = "", name: str = "customer_created__bare") -> int:
        """Posts a webhook, signed with the newest secret unless another is given; returns the status."""
        newest = self.connection.signing_secrets.first()
        body = json.dumps(golden(name) | {"id": event_id, "livemode": self.connection.livemode}).encode()
        now = str(int(timezone.now().timestamp()))
        header = {HEADER: f"t={now},v1={signature(now, body, secret or newest.secret())}"}
        url = f"/v1/integrations/stripe/webhook/{self.connection.pk}"
        return Client(headers=header).post(url, body, content_type="application/json").status_code

    def settle(self) -> None:
        """As if all events had been applied."""
        InboundEvent.objects.filter(connection=self.connection, state="pending").update(
            state="applied", settled_at=timezone.now()
        )

    def polled(self, **columns: Any) -> InboundEvent:
        """Stores an event that only a poll has brought, an hour ago."""
        event = InboundEvent.objects.create(
            connection=self.connection,
            provider_event_id=f"evt_{InboundEvent.objects.count()}",
            type="customer.updated",
            created=timezone.now(),
            payload={},
            source="polled",
            **({"state": "applied", "settled_at": timezone.now()} | columns),
        )
        hour_ago = timezone.now() - timedelta(hours=1)
        InboundEvent.objects.filter(pk=event.pk).update(received_at=hour_ago)
        return event

    @property
    def endpoint(self) -> dict[str, Any]:
        """The endpoint, as the simulator has stored it."""
        [account] = [one for one in self.simulator.simulator.accounts.values() if one.label == "shop"]
        return account.objects[self.connection.webhook_endpoint_id]

    def report(self) -> Report:
        """What the doctor finds."""
        return doctor.examine(Connection.objects.get(pk=self.connection.pk), timezone.now())

    def wrong(self) -> list[str]:
        """The codes of what is wrong, whatever cannot be told."""
        return sorted(one.code for one in self.report().findings if one.severity > Severity.UNKNOWN)

    def finding(self, code: str) -> Finding:
        """What the doctor says of it."""
        return next(one for one in self.report().findings if one.code == code)
