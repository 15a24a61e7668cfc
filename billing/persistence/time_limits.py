"""Which failure of the database is a time limit of the process (flexsync/processes.py)."""

from psycopg.errors import LockNotAvailable, QueryCanceled

LOCKED = "Another request or a worker is changing the same thing, and has not ended in time."


def is_lock(error: BaseException) -> bool:
    """Whether a lock was not free in time: another transaction has it."""
    return isinstance(error.__cause__, LockNotAvailable)


def is_statement(error: BaseException) -> bool:
    """Whether a statement took too long."""
    return isinstance(error.__cause__, QueryCanceled)
