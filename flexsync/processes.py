"""The processes of a deployment: FLEXSYNC_PROCESS names which of them this one is (docs/operations.md)."""

from django.core.exceptions import ImproperlyConfigured

PROCESSES = ("web", "webhooks", "worker", "beat", "command")


def known(name: str) -> str:
    """The name, if there is such a process."""
    if name not in PROCESSES:
        raise ImproperlyConfigured(f"FLEXSYNC_PROCESS is {name!r}. Set one of: {', '.join(PROCESSES)}.")
    return name
