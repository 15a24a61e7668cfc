"""Save the accounts in a JSON file between runs; logs, faults and idempotency keys are not saved."""

import json
import time
from pathlib import Path
from typing import Any

from .simulator import Simulator
from .state.account import Account, created_of

_VERSION = 5
# How many times as long as a save takes nothing is saved after it: all calls wait for one.
_REST = 20


class StateFile:
    """The file, if there is to be one: loaded at once, and saved when something may have changed."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self._path = simulator, simulator.settings.state_file
        if self._path is not None:
            load_state(simulator, self._path)
        self._saved, self._rests_until = self._mark(), 0.0

    def keep(self) -> None:
        """Save the state, unless it is saved."""
        if self._path is not None and (mark := self._mark()) != self._saved:
            self._saved, began = mark, time.monotonic()
            save_state(self._simulator, self._path)
            ended = time.monotonic()
            self._rests_until = ended + _REST * (ended - began)

    def keep_now_and_then(self) -> None:
        """Save the state, unless it is saved, or the last time is not long ago: a large one takes seconds."""
        if time.monotonic() >= self._rests_until:
            self.keep()

    def _mark(self) -> tuple[object, ...]:
        """Return a value that differs once a request, page, clock or event may have changed the state."""
        known = self._simulator
        number = sum(len(account.objects) for account in known.accounts.values())
        keys = len(known.keys.revoked), len(known.keys.permissions)
        return known.writes, known.clock.skipped, number, keys


def save_state(simulator: Simulator, file: Path) -> None:
    """Save all accounts. The file is replaced in one step, so a crash leaves the former one."""
    state = {
        "version": _VERSION,
        "accounts": [_dump(account) for account in simulator.accounts.values()],
        "skipped_seconds": simulator.clock.skipped,
        "revoked_keys": sorted(simulator.keys.revoked),
        "permissions": {key: sorted(names) for key, names in simulator.keys.permissions.items()},
    }
    new = file.with_suffix(file.suffix + ".new")
    new.write_text(json.dumps(state, default=str), encoding="utf-8")
    new.replace(file)


def load_state(simulator: Simulator, file: Path) -> None:
    """Load the state that an earlier run saved, if there is a file."""
    if not file.exists():
        return
    state = json.loads(file.read_text(encoding="utf-8"))
    if state.get("version") != _VERSION:
        raise ValueError(f"{file} was written by another version of the simulator; delete it to start over.")
    simulator.clock.advance(state.get("skipped_seconds", 0.0))
    simulator.keys.revoked.update(state["revoked_keys"])
    for key, names in state["permissions"].items():
        simulator.keys.permissions[key] = frozenset(names)
    for dumped in state["accounts"]:
        _load(simulator.account_with_label(dumped["label"]), dumped)


def _dump(account: Account) -> dict[str, Any]:
    listed = {kind: list(ids.newest_first())[::-1] for kind, ids in account.collections.items()}
    return {
        "label": account.label,
        "created": account.created,
        "objects": list(account.objects.values()),
        "collections": listed,
        "agenda": account.agenda.dump(),
    }


def _load(account: Account, dumped: dict[str, Any]) -> None:
    account.created = dumped["created"]
    account.objects = {object["id"]: account.stored(object) for object in dumped["objects"]}
    for kind, ids in dumped["collections"].items():
        for id in ids:
            account.collections[kind].add(id, created_of(account.objects[id]))
    account.agenda.load(dumped["agenda"])
