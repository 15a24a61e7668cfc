"""Ids as Stripe makes them: a prefix that names the kind, then letters and digits."""

import hashlib
import random
import string

_ALPHABET = string.ascii_letters + string.digits


class Ids:
    """A source of ids; the same seed gives the same ids."""

    def __init__(self, seed: int | None = None) -> None:
        self.random = random.Random(seed)

    def new(self, prefix: str, length: int = 24) -> str:
        """Return a new id, such as `in_1Nzo1ZGgdF1VjufLzk1UUhv9`."""
        return f"{prefix}_{''.join(self.random.choices(_ALPHABET, k=length))}"


def account_id(label: str) -> str:
    """Return the id of the account that keys with this label open; it never changes."""
    digest = hashlib.sha256(label.encode()).digest()
    return "acct_1" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:15])
