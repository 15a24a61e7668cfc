"""The processes of the demo, as a Procfile would name them, and where each writes its output."""

import sys
from pathlib import Path
from typing import IO

from honcho.manager import Manager
from honcho.printer import Message

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


class Logs:
    """Honcho's printer: sends the story to the terminal, and every other process to a log file of its own."""

    width = 0

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files: dict[str, IO[str]] = {}

    def write(self, message: Message) -> None:
        """Writes one line of output of one process."""
        data = message.data
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
        if message.name == STORY:
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        if message.name not in self._files:
            self._files[message.name] = (self._folder / f"{message.name}.log").open("w", buffering=1)
        self._files[message.name].write(text)


def run(settings: Settings, environment: dict[str, str]) -> int:
    """Runs all until one ends or Ctrl-C, stops the rest, and returns the exit code."""
    manager = Manager(Logs(settings.logs))
    for name, command in commands(settings).items():
        manager.add_process(name, command, env=environment)
    manager.loop()
    return int(manager.returncode or 0)
