"""What becomes of an event about an object that is not here: on its way, or another system's."""

from integrations.errors import Retry
from integrations.provider_api import Ignored, Inbound

# With the inbox's own waits, which double, these take about half an hour.
WAITING_ATTEMPTS, RETRY_SECONDS = 10, 60.0


def wait_for(inbound: Inbound, what: str, otherwise: Ignored) -> Ignored:
    """Raises Retry, which names ``what`` is missing, a number of times; returns ``otherwise`` after that.

    Such an event does not say which system its object belongs to, so waiting for good would keep the
    events of all other systems that use the account.
    """
    if inbound.attempts < WAITING_ATTEMPTS:
        raise Retry(
            f"Waits for {what} to arrive. If it is still missing after {WAITING_ATTEMPTS} attempts, it belongs to"
            " another system, and the event is ignored."
        )
    return otherwise
