"""How long a call to a provider may take: less where a person waits for it than in a worker."""

from contextvars import ContextVar

# By time.monotonic(): when the request has to end that this call is made for; None in a worker.
ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


def person_waits() -> bool:
    """Whether a person waits for the answer."""
    return ends_at.get() is not None
