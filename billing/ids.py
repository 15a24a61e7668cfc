"""Makes the ids of all rows: a prefix that names the kind of row, and a sortable ULID."""

from ulid import ULID


def new_id(prefix: str) -> str:
    """A fresh id such as ``cust_01JD...``: ids made later sort later (to the millisecond)."""
    return f"{prefix}_{ULID()}"
