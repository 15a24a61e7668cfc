"""Names the project's own part to Django: the checks of its settings, and the roles."""

from django.apps import AppConfig


class FlexSyncConfig(AppConfig):
    name = "flexsync"
    verbose_name = "FlexSync"

    def ready(self) -> None:
        """Registers the checks, and what gives the roles their rights after each migration."""
        from django.apps import apps
        from django.db.models.signals import post_migrate

        from flexsync import checks, roles  # noqa: F401

        # The last app with models: all rights are there by then.
        post_migrate.connect(roles.install, sender=apps.get_app_config("integrations"))
