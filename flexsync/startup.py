"""Keeps a process from serving with what cannot be right: it says so in a line each, and ends."""

import django
from django.apps import apps
from django.core.checks import ERROR, run_checks
from django.db import connections

from flexsync.checks import STARTUP


def check() -> None:
    """Raises SystemExit, with a line for each error of the start-up checks.

    For processes that begin to serve; those that a server starts in place of an ended one go on with what
    the first was checked with, because a database that is away comes back.
    """
    if not apps.ready:  # it would also undo the level of the log that celery was told
        django.setup()
    found = run_checks(tags=[STARTUP], include_deployment_checks=True)
    # Processes that are forked from this one must not share its connection.
    connections.close_all()
    wrong = [message for message in found if message.is_serious(ERROR) and not message.is_silenced()]
    if wrong:
        lines = (f"flexsync: {one.msg} {one.hint} ({one.id})" for one in wrong)
        raise SystemExit("\n".join(lines))
