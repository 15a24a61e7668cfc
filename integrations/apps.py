"""Names the integrations app to Django and subscribes it to billing's announcements."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        """Subscribes to billing's announcements, and registers what this app adds to API and metrics."""
        from billing.api.expansions import register
        from billing.events import subscribe
        from billing.services import collectors, counterparts
        from integrations import checks  # noqa: F401  (registers the system checks)
        from integrations.api.errors import register_errors
        from integrations.api.expansion import load
        from integrations.api.webhook_objects import register as register_webhook_objects
        from integrations.linking.restored_rows import MappedCounterparts
        from integrations.metrics import register as register_metrics
        from integrations.models.outbound import SyncAction
        from integrations.outbox import foreground, worker
        from integrations.payments import checkout
        from integrations.payments.collection import ConnectionsCollect
        from integrations.receivers import on_change

        subscribe(on_change)
        collectors.register(ConnectionsCollect())
        counterparts.register(MappedCounterparts())
        worker.register_action(SyncAction.CHECKOUT, checkout.close_abandoned)
        worker.register_action(SyncAction.LOOK, foreground.end_abandoned)
        register("integrations", load)
        register_errors()
        register_webhook_objects()
        register_metrics()
