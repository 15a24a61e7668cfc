"""Connections that a body names: one that is not there makes the body wrong, not the address."""

from collections.abc import Mapping
from typing import Any

from billing.errors import Conflict, Invalid, NotFound
from integrations.connections.selection import choose
from integrations.models import Connection


def in_body(environment_id: str, body: Mapping[str, Any], provider: str = "provider") -> Connection:
    """Returns the one that the body's ``connection_id`` or ``provider`` (the name of that field) means.

    Raises Invalid where it is not there, Conflict where the environment has none, or several that fit.
    """
    try:
        return choose(environment_id, body.get(provider, ""), body.get("connection_id", ""))
    except NotFound as missing:
        for name in ("connection_id", provider):
            if body.get(name):
                raise Invalid.of({name: missing.message}) from missing
        raise Conflict(missing.message) from missing
