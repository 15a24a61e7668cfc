"""Makes the ids of every row: a prefix that names the noun and a sortable ULID."""

from ulid import ULID


def new_id(prefix: str) -> str:
    """A fresh id such as ``cust_01JD...``: ids made later sort later (to the millisecond)."""
    return f"{prefix}_{ULID()}"
