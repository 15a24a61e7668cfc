"""Secret keys: the account that each opens, and the revoked ones. Source: Stripe docs, "API keys"."""

import re

from ..errors import Unauthenticated

_TEST_KEY = re.compile(r"^(?:sk|rk)_test_([A-Za-z0-9-]+)(?:_\w*)?$")


class Keys:
    """`sk_test_<label>` and `sk_test_<label>_<anything>` open the account of the label, until revoked."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()
        # The permissions of restricted keys; a key that is not here may do everything.
        self.permissions: dict[str, frozenset[str]] = {}

    def label(self, key: str) -> str:
        """Return the label in a key, or raise Stripe's 401."""
        if key in self.revoked:
            raise Unauthenticated(f"Expired API Key provided: {masked(key)}", code="api_key_expired")
        if key.startswith(("sk_live_", "rk_live_")):
            raise Unauthenticated(
                f"Invalid API Key provided: {masked(key)}. This is a simulator of Stripe: it refuses live keys."
            )
        found = _TEST_KEY.match(key)
        if found is None:
            raise Unauthenticated(f"Invalid API Key provided: {masked(key)}")
        return found[1]


def masked(key: str) -> str:
    """Return a key as Stripe shows it in messages: its kind and last four characters."""
    return f"{key[:8]}{'*' * max(0, len(key) - 12)}{key[-4:]}"
