"""What an event does that speaks of something which is not here: it may be on its way, or none of ours."""

from integrations.errors import Retry
from integrations.provider_api import Ignored, Inbound

# With the inbox's own waits, which double, these take about half an hour.
PATIENCE, AGAIN_SECONDS = 10, 60.0


def wait(inbound: Inbound, what: str, otherwise: Ignored) -> Ignored:
    """Raises Retry, saying ``what`` is waited for, a number of times; answers ``otherwise`` after that.

    Stripe does not say in such an event whose it is, so waiting for good would keep all that belongs to others.
    """
    if inbound.attempts < PATIENCE:
        raise Retry(f"It waits for {what}; after {PATIENCE} attempts it is taken for somebody else's.")
    return otherwise
