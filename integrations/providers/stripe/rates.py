"""How many calls a second Stripe accepts from one account (page "Rate limits")."""

from django.conf import settings

LIVE, SANDBOX = 100.0, 25.0


def calls_per_second(livemode: bool) -> float:
    """Stripe's limit, unless STRIPE_CALLS_PER_SECOND is set."""
    return settings.STRIPE_CALLS_PER_SECOND or (LIVE if livemode else SANDBOX)
