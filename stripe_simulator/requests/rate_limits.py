"""Requests per second, when limited. Source: Stripe docs, "Rate limits"."""

from collections import defaultdict

from ..errors import RateLimited


class RateLimits:
    """Counts each account's requests in the current second; 0 means no limit."""

    def __init__(self, per_second: int = 0) -> None:
        self.per_second = per_second
        self._second = 0
        self._counts: defaultdict[str, int] = defaultdict(int)

    def count(self, account: str, now: int) -> None:
        """Count one request, or refuse it with 429."""
        if not self.per_second:
            return
        if now != self._second:
            self._second = now
            self._counts.clear()
        self._counts[account] += 1
        if self._counts[account] > self.per_second:
            raise RateLimited(
                "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits."
            )
