"""Names the project's own part to Django: the checks of its settings."""

from django.apps import AppConfig


class FlexSyncConfig(AppConfig):
    name = "flexsync"
    verbose_name = "FlexSync"

    def ready(self) -> None:
        """Registers the checks."""
        from flexsync import checks  # noqa: F401
