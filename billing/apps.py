"""Names the billing app to Django."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        """Makes the lookup ``__among`` known to Django's columns."""
        from billing.persistence import any_lookup  # noqa: F401  (registers itself)
