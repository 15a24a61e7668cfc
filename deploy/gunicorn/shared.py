"""What both processes have in common; variables are also read from a .env next to manage.py."""

from pathlib import Path
from typing import Any

from flexsync.variables import Variables

env = Variables()
FILE = Path(__file__).resolve().parents[2] / ".env"
if FILE.exists():
    env.read_file(FILE)

wsgi_app = "flexsync.wsgi"
# A probe of liveness waits for none of the threads.
worker_class = "deploy.gunicorn.liveness.Worker"
# Loaded once and forked: less memory, and what is wrong with the settings is said once.
preload_app = True
# Seconds for which a connection may be idle before its first request, and between two.
keepalive = 10
# Its socket lies in the home folder, where that of the other process is, too; signals do the same.
control_socket_disable = True
# Django decides whom it believes (TRUSTED_PROXIES).
forwarded_allow_ips = ""
limit_request_fields = 50
limit_request_field_size = 4096


def on_starting(_server: Any) -> None:
    """Ends the server, with a line for each reason, where it could not serve.

    Once for all its workers: while the database is away, a worker that takes the place of an ended one waits.
    """
    from flexsync.startup import check

    check()


def post_worker_init(worker: Any) -> None:
    """Each of gunicorn's workers says that it lives."""
    from flexsync import heartbeats

    heartbeats.of_gunicorn(worker)
