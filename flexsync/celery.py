"""The Celery application: notifies workers of work that the database already holds."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, celeryd_init, worker_ready

from billing.actors import Actor, ActorType, acting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings")


class ActingTask(Task):  # type: ignore[type-arg]  # Celery's class takes none
    """A task whose work is noted as the task's."""

    abstract = True

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Runs it."""
        label = str(self.name).rpartition(".")[2].replace("_", " ")
        with acting(Actor(ActorType.TASK, label)):
            return self.run(*args, **named)


app = Celery("flexsync", task_cls=ActingTask)
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
    from django.conf import settings

    from flexsync import beat, heartbeats
    from integrations.alerts import watching
    from integrations.processes import rounds
    from integrations.statistics import roll_up

    beat.stop_between_turns(sender)
    heartbeats.of_beat(sender)
    rounds.start("alerts", watching.look, seconds=settings.ALERTS_SECONDS)
    rounds.start("statistics", roll_up.look, seconds=settings.STATISTICS_SECONDS)
