"""Names the integrations app to Django and subscribes it to billing's announcements."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_save


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        """Connects the door for announcements, and tells billing's API what this app adds to it."""
        from billing.api.expansions import register
        from billing.events import Kind, subscribe
        from integrations import checks  # noqa: F401  (registers the system checks)
        from integrations.api.errors import register_errors
        from integrations.api.expansion import load
        from integrations.inbox.dry_run import overhear, saw
        from integrations.metrics import register as register_metrics
        from integrations.models.outbound import SyncAction
        from integrations.outbox import worker
        from integrations.payments import checkout
        from integrations.receivers import on_change

        subscribe(on_change)
        worker.register_action(SyncAction.CHECKOUT, checkout.close_abandoned)
        subscribe(overhear)
        for kind in Kind:
            post_save.connect(saw, sender=apps.get_model("billing", kind))
        register("integrations", load)
        register_errors()
        register_metrics()
