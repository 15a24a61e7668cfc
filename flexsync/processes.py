"""The processes of a deployment, and how long the statements of each may take (docs/operations.md)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TimeLimits:
    """Seconds, 0 for no limit: to connect, for a lock, for a statement, and between two of a transaction."""

    connect: int
    lock: int
    statement: int
    idle: int


# FLEXSYNC_PROCESS names one; "command" is whatever is none of the others, such as a migration.
PROCESSES = {
    "web": TimeLimits(connect=3, lock=2, statement=15, idle=15),
    "webhooks": TimeLimits(connect=2, lock=1, statement=3, idle=5),
    "worker": TimeLimits(connect=5, lock=5, statement=120, idle=60),
    "beat": TimeLimits(connect=5, lock=5, statement=15, idle=30),
    "command": TimeLimits(connect=5, lock=5, statement=0, idle=0),
}


def database_options(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """libpq's parameters for the process; those ``given`` with DATABASE_URL come last, and win.

    https://www.postgresql.org/docs/current/libpq-connect.html
    """
    limits = PROCESSES[name]
    timeouts = {
        "lock_timeout": limits.lock,
        "statement_timeout": limits.statement,
        "idle_in_transaction_session_timeout": limits.idle,
    }
    options = [f"-c {timeout}={seconds}s" for timeout, seconds in timeouts.items()]
    ours = {
        "application_name": f"flexsync-{name}",
        "connect_timeout": limits.connect,
        # A server that is gone without a word is noticed after some twenty seconds.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": 20_000,
    }
    return ours | given | {"options": " ".join([*options, given.get("options", "")]).strip()}
