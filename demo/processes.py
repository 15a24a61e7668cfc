"""The processes of the demo, as a Procfile would name them."""

import sys
from pathlib import Path

from honcho.manager import Manager

from demo.logs import Logs
from demo.settings import Settings
from devstack.homes import REPOSITORY

BIN = Path(sys.executable).parent
STORY = "story"


def commands(settings: Settings) -> dict[str, str]:
    """Returns each process and its command line."""
    simulator_port = settings.simulator_url.rpartition(":")[2]
    gunicorn = f"exec {BIN}/gunicorn --config {REPOSITORY}/deploy/gunicorn"
    files = f"--pidfile= -s {settings.home}/beat"
    return {
        "simulator": f"exec {sys.executable} -m stripe_simulator --port {simulator_port} --retry-scale 0.01",
        "web": f"{gunicorn}/web.py --access-logfile -",
        "webhooks": f"{gunicorn}/webhooks.py --access-logfile -",
        "worker": f"{_celery('worker')} -A flexsync worker --concurrency 2 --loglevel INFO",
        "beat": f"{_celery('beat')} --quiet -A flexsync beat {files} --loglevel INFO",
        STORY: f"exec {sys.executable} -m demo.story",
    }


def _celery(process: str) -> str:
    return f"exec {sys.executable} -m devstack.restart env FLEXSYNC_PROCESS={process} {BIN}/celery"


def run(settings: Settings, environment: dict[str, str]) -> int:
    """Runs all until one ends or Ctrl-C, stops the rest, and returns the exit code."""
    manager = Manager(Logs(settings.logs, shown=STORY))
    for name, command in commands(settings).items():
        manager.add_process(name, command, env=environment)
    manager.loop()
    return int(manager.returncode or 0)
