"""Acme's server: keeps everything in one file for all processes, and fails where a test says so."""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integrations.errors import Rejected
from integrations.provider_api import Account, Json


class Killed(BaseException):
    """The worker's process ended here: no code catches this."""


class Server:
    """Acme's objects, and its answer under each idempotency key. Another body under a key is refused."""

    def __init__(self, folder: str) -> None:
        self._path = Path(folder) / "acme.json"
        self.refusal: BaseException | None = None
        # What happens at the nth call: {"before": exception, "after": exception}.
        self.faults: dict[int, dict[str, BaseException | Callable[[], None]]] = {}

    @contextmanager
    def state(self) -> Iterator[dict[str, Any]]:
        """All that Acme knows; what is changed in the block is kept."""
        with self._path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            state = json.loads(file.read() or '{"objects": {}, "answers": {}, "calls": []}')
            yield state
            file.seek(0)
            file.truncate()
            json.dump(state, file)

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Does what the call says, once for each key."""
        with self.state() as state:
            state["calls"].append([operation, target, dict(params), key])
            fault = self.faults.pop(len(state["calls"]), {})
        _inject(fault.get("before"))
        with self.state() as state:
            call = [operation, target, json.loads(json.dumps(params))]
            if key in state["answers"] and state["answers"][key]["call"] != call:
                raise Rejected(f"The key {key} was used with other parameters.")
            if key not in state["answers"]:
                state["answers"][key] = {"call": call, "answer": _do(state["objects"], *call)}
        _inject(fault.get("after"))
        return {**state["answers"][key]["answer"], "_request_id": f"req_{len(state['calls'])}"}

    def account(self) -> Account:
        """The account of the credentials."""
        _inject(self.refusal)
        return Account(id="acme_1", name="Acme test", livemode=False)

    def objects(self, prefix: str) -> list[dict[str, Any]]:
        """What exists there."""
        with self.state() as state:
            return [one for name, one in state["objects"].items() if name.startswith(prefix)]

    def operations(self) -> list[str]:
        """The calls that arrived, in order."""
        with self.state() as state:
            return [call[0] for call in state["calls"]]


def _inject(fault: BaseException | Callable[[], None] | None) -> None:
    if isinstance(fault, BaseException):
        raise fault
    if fault is not None:
        fault()


def _do(
    objects: dict[str, Any], operation: str, target: str | None, params: dict[str, Any]
) -> dict[str, Any]:
    noun = operation.split(".")[0][:3]
    name = target or f"{noun}_{len(objects) + 1}"
    objects[name] = {**objects.get(name, {"id": name}), **params}
    return objects[name]
