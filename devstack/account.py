"""Chooses the system account that a server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

# In order: this process's user, unless that is root; the folder's owner, so that a folder made by a user
# stays that user's; `nobody`, which every system has. No account is added, and no parent folder's mode is
# changed.


def user_for(folder: Path) -> int:
    """Returns the user id for a server whose files live in `folder`."""
    if os.geteuid() != 0:
        return os.geteuid()
    return folder.stat().st_uid or pwd.getpwnam("nobody").pw_uid


def own(path: Path, uid: int) -> None:
    """Makes the server's user the owner of `path`; only root can do that, and only root needs to."""
    if os.geteuid() == 0:
        os.chown(path, uid, group_of(uid))


def launcher(uid: int, *, needs: list[Path], last_signal: str | None = None) -> list[str]:
    """Returns a command's prefix that runs it as `uid`, and sends it `last_signal` when this process dies.

    That works even after kill -9. `needs` are the files that the server must reach. Where `uid` may not enter
    their folders (a clone below /root), the server may pass them, instead of the folders being opened to
    everyone.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    prefix = [setpriv, *(["--pdeathsig", last_signal] if last_signal else [])]
    if uid == os.geteuid():
        return prefix if last_signal else []
    prefix += ["--reuid", str(uid), "--regid", str(group_of(uid)), "--clear-groups"]
    reachable = subprocess.run([*prefix, "ls", "-d", *map(str, needs)], capture_output=True, check=False)
    if reachable.returncode != 0:
        prefix += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
        # Without this bit access(2), which PostgreSQL calls before it opens a file, would ignore the
        # capability.
        prefix += ["--securebits", "+no_setuid_fixup"]
    return prefix


def group_of(uid: int) -> int:
    """Returns the primary group of `uid`; for an account that this system does not know, `uid` itself."""
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid
