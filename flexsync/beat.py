"""Beat's scheduler: Celery's database scheduler, in a process that was checked before it begins."""

from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler

from flexsync import startup


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # it has no types
    def __init__(self, *args: Any, **options: Any) -> None:
        """Ends the process where it could not serve: this is the first that it does with the database."""
        startup.check()
        super().__init__(*args, **options)
