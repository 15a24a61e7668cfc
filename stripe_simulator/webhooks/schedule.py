"""When a failed delivery is attempted again."""

# Source: Stripe docs, "Receive Stripe events in your webhook endpoint", "Retry behavior": in live mode for up
# to three days with an exponential back-off, in test mode three times over a few hours. The page gives no
# exact times; these are the ones that Stripe's Dashboard has shown. Seconds after the first attempt.
_MINUTE, _HOUR = 60, 3600
LIVE = (
    0,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    *(h * _HOUR for h in range(22, 73, 12)),
)


def wait_after(attempts: int) -> float | None:
    """Return the seconds from this number of failed attempts to the next one; None after the last."""
    if attempts >= len(LIVE):
        return None
    return float(LIVE[attempts] - LIVE[attempts - 1])
