"""File systems of a trial's own, which can be full: each lies in memory, and only root may mount it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENOUGH = "8g"


class Disk:
    """``refusal``: why none could be mounted at the folder, which is an ordinary one then."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o711)
        self.folder = folder
        self.refusal = self._mount("-t", "tmpfs", "-o", f"size={ENOUGH},mode=711", "tmpfs")

    def fill(self) -> None:
        """Leaves no place beside what it holds."""
        # What is written meanwhile makes the size too small.
        while self._mount("-o", f"remount,size={self._used()}"):
            pass

    def free(self) -> None:
        """There is place again."""
        assert not self._mount("-o", f"remount,size={ENOUGH}")

    def _used(self) -> int:
        now = os.statvfs(self.folder)
        return (now.f_blocks - now.f_bfree) * now.f_frsize

    def _mount(self, *options: str) -> str:
        done = subprocess.run(["mount", *options, self.folder], capture_output=True, text=True, check=False)
        return (
            done.stderr.strip().replace("\n", " ") or f"mount: {done.returncode}" if done.returncode else ""
        )


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """Mounts one at ``folder``, which it makes, for the length of the block."""
    made = Disk(folder)
    try:
        yield made
    finally:
        if not made.refusal:
            # Detached at once, whoever still has a file open there.
            subprocess.run(["umount", "--lazy", folder], check=True)
