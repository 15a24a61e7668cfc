"""The shapes of older API versions, for events that are rendered in one.

Source: Stripe docs, "Versioning" and the changelog of 2025-03-31.basil. Only the shapes from before that
version differ here: later ones added attributes, which an older version's reader ignores.
"""

import json
from collections.abc import Callable
from typing import Any

from .state.account import Account, Object

BASIL = "2025-03-31"
Change = Callable[[Account, Object], None]
_CHANGES: dict[str, Change] = {}


def before_basil(kind: str) -> Callable[[Change], Change]:
    """Register how an object of this kind looked before 2025-03-31.basil; the function changes a copy."""

    def register(change: Change) -> Change:
        _CHANGES[kind] = change
        return change

    return register


def in_version(account: Account, event: Object, version: str) -> Object:
    """Return an event as an API version shows it."""
    if version[: len(BASIL)] >= BASIL:
        return event | {"api_version": version}
    data: Object = json.loads(json.dumps(event["data"]))
    _change(account, data["object"])
    return event | {"api_version": version, "data": data}


def _change(account: Account, value: Any) -> None:
    if isinstance(value, list):
        for inner in value:
            _change(account, inner)
    elif isinstance(value, dict):
        for inner in list(value.values()):
            _change(account, inner)
        change = _CHANGES.get(str(value.get("object")))
        if change is not None:
            change(account, value)
