"""What becomes of an event about an object that is not here: on its way, or another system's."""

from integrations.errors import Rejected, Retry
from integrations.provider_api import Ignored, Inbound

# With the inbox's own waits, which double, these take about half an hour.
WAITING_ATTEMPTS, RETRY_SECONDS = 10, 60.0


def wait_for(inbound: Inbound, what: str, provider_id: str, otherwise: Ignored) -> Ignored:
    """Raises Retry, which names what is missing, a number of times; returns ``otherwise`` after that.

    Such an event does not say which system its object belongs to, so waiting for good would keep the
    events of all other systems that use the account. Raises Rejected when the event does not name it.
    """
    if not provider_id:
        raise Rejected(f"The event is about {what}, but does not say which: its id is missing.")
    if inbound.attempts < WAITING_ATTEMPTS:
        raise Retry(
            f"Waits for {what} {provider_id} to arrive.",
            then=f"If it is still missing at attempt {WAITING_ATTEMPTS + 1}, it belongs to another system, and the event"
            " is ignored.",
        )
    return otherwise
