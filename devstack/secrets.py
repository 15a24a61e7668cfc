"""SECRET_KEY and CREDENTIAL_KEYS for a stack on this machine: made once for each folder and kept there."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe

from cryptography.fernet import Fernet

NAMES = ("SECRET_KEY", "CREDENTIAL_KEYS")


def secrets(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Returns the secrets of `given` (the environment), a missing one replaced by that kept in `folder`."""
    kept = folder / "secrets.json"
    if not kept.exists():
        make(kept)
    own: dict[str, str] = json.loads(kept.read_text())
    return own | {name: given[name] for name in NAMES if given.get(name)}


def make(kept: Path) -> None:
    """Writes new secrets atomically; of two runs that start at once, both use those written first."""
    kept.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    attempt = kept.with_suffix(f".{os.getpid()}")
    attempt.touch(mode=0o600)
    attempt.write_text(
        json.dumps({"SECRET_KEY": token_urlsafe(50), "CREDENTIAL_KEYS": Fernet.generate_key().decode()})
    )
    with suppress(FileExistsError):
        os.link(attempt, kept)
    attempt.unlink()
