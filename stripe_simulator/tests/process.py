"""The simulator as a process of its own, for tests that kill it."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def running(*options):
    """Yield the process and its URL; it is killed unless it has ended before."""
    port = free_port()
    command = [sys.executable, "-m", "stripe_simulator", "--port", str(port), *options]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ)
    try:
        base = f"http://127.0.0.1:{port}"
        eventually(f"{base}/_simulator/health")
        yield process, base
    finally:
        process.kill()
        process.wait(10)


def eventually(url, seconds=15.0):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return httpx.get(url)
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
