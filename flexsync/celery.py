"""The Celery application: notifies workers of work that the database already holds."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings")

app = Celery("flexsync")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def _check(**_: Any) -> None:
    """Before a worker starts; beat's scheduler does the same."""
    from flexsync.startup import check

    check()


@worker_ready.connect
def _worker_lives(sender: Any, **_: Any) -> None:
    from flexsync import heartbeats

    heartbeats.of_worker(sender)


@beat_init.connect
def _beat_lives(sender: Any, **_: Any) -> None:
    from flexsync import heartbeats

    heartbeats.of_beat(sender)
