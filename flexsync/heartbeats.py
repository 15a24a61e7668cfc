"""Lets each process that serves or works say that it lives."""

from django.conf import settings

from integrations.processes import heartbeat


def start(name: str = "") -> None:
    """Begins for this process, if it says which it is; ``name``: its own, such as that of a worker."""
    if settings.PROCESS != "command":
        heartbeat.start(settings.PROCESS, name=name, version=settings.VERSION)
