"""Makes the ids of all rows: a prefix that names the kind of row, and a sortable ULID."""

from datetime import datetime

from ulid import ULID


def new_id(prefix: str) -> str:
    """A fresh id such as ``cust_01JD...``: ids made later sort later (to the millisecond)."""
    return f"{prefix}_{ULID()}"


def made_at(row_id: str) -> datetime:
    """When the id was made, which is in it."""
    return ULID.from_str(row_id.rpartition("_")[2]).datetime
