"""The ``celery`` command in a process that has imported its libraries, which is most of a worker's start."""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

# What a worker imports before it reads any settings: those of each worker are its own.
LIBRARIES = [
    "celery.apps.worker", "celery.bin.celery", "celery.concurrency.solo", "celery.concurrency.thread",
    "celery.worker.consumer", "cryptography.fernet", "django.contrib.admin.decorators",
    "django.contrib.auth.hashers", "django.core.management", "django.core.serializers.json",
    "django.db.backends.postgresql.base", "django.db.migrations.executor", "django.db.models", "django.forms",
    "django.template.backends.django", "django.test", "django.views.generic", "django_filters.exceptions",
    "environ", "kombu.transport.redis", "prometheus_client", "psycopg", "redis", "requests", "rich.traceback",
    "stripe", "structlog", "yaml",
]  # fmt: skip

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(LIBRARIES)


def celery(
    arguments: Sequence[str], *, folder: Path, environment: dict[str, str], log: Path
) -> ForkServerProcess:
    """Starts ``celery`` with these arguments and exactly this environment, in a process group of its own."""
    process = _context.Process(target=_run, args=(list(arguments), folder, environment, log))
    process.start()
    return process


def _run(arguments: list[str], folder: Path, environment: dict[str, str], log: Path) -> None:
    os.setsid()
    with Path(os.devnull).open("rb") as nothing, log.open("wb") as output:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["celery", *arguments]
    from celery.__main__ import main

    main()
