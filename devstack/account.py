"""Which system account a server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

# In order: this process's user, unless that is root; the folder's owner, so that a folder made by a user
# stays that user's; `nobody`, which every system has. Nothing is added to the system, no parent folder is opened up.


def user_for(folder: Path) -> int:
    """Answer the user id for a server whose files live in `folder`."""
    if os.geteuid() != 0:
        return os.geteuid()
    return folder.stat().st_uid or pwd.getpwnam("nobody").pw_uid


def own(path: Path, uid: int) -> None:
    """Give `path` to the server's user; only root can and needs to."""
    if os.geteuid() == 0:
        os.chown(path, uid, group_of(uid))


def launcher(uid: int, *, needs: list[Path], last_signal: str | None = None) -> list[str]:
    """Answer the words before a command that make it run as `uid` and get `last_signal` if we die, even by kill -9.

    `needs` are the files the server must reach. Where the way to them is closed to `uid` (a clone below /root),
    the server is allowed past closed folders instead of the folders being opened to everyone.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    words = [setpriv, *(["--pdeathsig", last_signal] if last_signal else [])]
    if uid == os.geteuid():
        return words if last_signal else []
    words += ["--reuid", str(uid), "--regid", str(group_of(uid)), "--clear-groups"]
    reachable = subprocess.run([*words, "ls", "-d", *map(str, needs)], capture_output=True, check=False)
    if reachable.returncode != 0:
        words += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
        # Without this bit access(2), which PostgreSQL asks before it opens a file, would not count the capability.
        words += ["--securebits", "+no_setuid_fixup"]
    return words


def group_of(uid: int) -> int:
    """Answer the primary group of `uid`; an account that only a container's volume knows has a group of its number."""
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid
