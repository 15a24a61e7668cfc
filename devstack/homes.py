"""Where a stack keeps its files, and who holds it: one folder, one owner at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


class Busy(RuntimeError):
    """Another living process runs its servers in this folder."""


def home(name: str) -> Path:
    """Answer the folder of the stack called `name`: below FLEXSYNC_HOME, or `.flexsync` of the repository."""
    given = os.environ.get("FLEXSYNC_HOME")
    root = Path(given).expanduser().resolve() if given else REPOSITORY / ".flexsync"
    return root / name


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold `folder` until the block ends; the kernel lets go by itself if this process is killed.

    Raises Busy if another process holds it.
    """
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"{folder} is in use by a running stack") from None
        yield
