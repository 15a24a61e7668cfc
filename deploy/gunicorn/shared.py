"""What both processes share: variables, also from a .env next to manage.py, and the check at the start."""

from pathlib import Path
from typing import Any

import environ

env = environ.Env()
FILE = Path(__file__).resolve().parents[2] / ".env"
if FILE.exists():
    env.read_env(FILE)


def on_starting(_server: Any) -> None:
    """Ends the server, with a line for each reason, where it could not serve.

    Once for all its workers: while the database is away, a worker that takes the place of an ended one waits.
    """
    from flexsync.startup import check

    check()
