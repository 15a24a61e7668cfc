"""A stack's folder and its lock: each folder is used by one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


class Busy(RuntimeError):
    """Another running process uses this folder for its servers."""


def home(name: str) -> Path:
    """Returns the folder of the stack `name`: below FLEXSYNC_HOME, or below `.flexsync` of the repository."""
    given = os.environ.get("FLEXSYNC_HOME")
    root = Path(given).expanduser().resolve() if given else REPOSITORY / ".flexsync"
    return root / name


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Locks `folder` until the block ends; the kernel releases the lock if this process is killed.

    Raises Busy if another process has locked it.
    """
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"{folder} is in use by another running process: stop that one first") from None
        yield
