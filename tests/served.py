"""One of the deployment's gunicorn processes, as a test talks to it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from devstack.process import free_port

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 60.0


@contextmanager
def served(process: str, **environment: str) -> Iterator[httpx.Client]:
    """Runs ``web`` or ``webhooks`` by its own configuration, and yields a client of it."""
    port = free_port()
    bind = {f"{process.upper()}_BIND": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "gunicorn", "--config", f"deploy/gunicorn/{process}.py"]
    running = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | bind | environment, stderr=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=TIMEOUT, trust_env=False) as client:
            wait_for(client, running)
            yield client
    finally:
        running.terminate()
        running.wait(TIMEOUT)


def wait_for(client: httpx.Client, running: subprocess.Popen[bytes]) -> None:
    """Returns once the process answers."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            client.get("/healthz")
        except httpx.TransportError:
            assert running.poll() is None and time.monotonic() < deadline, "the process does not answer"
            time.sleep(0.1)
        else:
            return
