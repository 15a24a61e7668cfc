"""The processes of the demo, as a Procfile would name them."""

import sys
from pathlib import Path

from honcho.manager import Manager

from demo.logs import Logs
from demo.settings import Settings

BIN = Path(sys.executable).parent
STORY = "story"


def commands(settings: Settings) -> dict[str, str]:
    """Returns each process and its command line."""
    simulator_port = settings.simulator_url.rpartition(":")[2]
    web_address = settings.web_url.partition("//")[2]
    options = f"--bind {web_address} --workers 2 --threads 4"
    celery = f"exec {BIN}/celery --quiet -A flexsync"
    beat = "django_celery_beat.schedulers:DatabaseScheduler"
    return {
        "simulator": f"exec {sys.executable} -m stripe_simulator --port {simulator_port} --retry-scale 0.01",
        "web": f"exec {BIN}/gunicorn flexsync.wsgi --preload {options} --access-logfile -",
        "worker": f"exec {BIN}/celery -A flexsync worker --concurrency 2 --loglevel INFO",
        "beat": f"{celery} beat --scheduler {beat} --loglevel INFO --pidfile= -s {settings.home}/beat",
        STORY: f"exec {sys.executable} -m demo.story",
    }


def run(settings: Settings, environment: dict[str, str]) -> int:
    """Runs all until one ends or Ctrl-C, stops the rest, and returns the exit code."""
    manager = Manager(Logs(settings.logs, shown=STORY))
    for name, command in commands(settings).items():
        manager.add_process(name, command, env=environment)
    manager.loop()
    return int(manager.returncode or 0)
