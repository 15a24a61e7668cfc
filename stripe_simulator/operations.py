"""The table of operations: the function that handles each method and path."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from .contract.signatures import Signature, signature
from .state.account import Account, Object

Handler = Callable[["Call"], Object]


@dataclass
class Call:
    """One checked request for a handler: typed parameters, and the ids in the path in their order."""

    account: Account
    params: dict[str, Any]
    ids: tuple[str, ...]
    url: str

    @property
    def id(self) -> str:
        """The id of the object that the path names."""
        return self.ids[0]


@dataclass(frozen=True)
class Operation:
    """One operation that the simulator supports."""

    signature: Signature
    handler: Handler


@dataclass
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)


OPERATIONS: dict[str, Operation] = {}
_ROOT = _Node()


def operation(name: str) -> Callable[[Handler], Handler]:
    """Register a handler under the SDK's name of the operation, which gives its method, path and types."""

    def register(handler: Handler) -> Handler:
        registered = Operation(signature(name), handler)
        OPERATIONS[name] = registered
        node = _ROOT
        for segment in registered.signature.path.strip("/").split("/"):
            node = node.children.setdefault("{}" if segment.startswith("{") else segment, _Node())
        node.operations[registered.signature.method] = registered
        return handler

    return register


def find_operation(method: str, path: str) -> tuple[Operation, tuple[str, ...]] | None:
    """Return the operation for a method and path, with the ids in the path; fixed segments win over ids.

    The path is as it was sent: an id may contain "/", percent-encoded. The SDK sends a space as "+".
    """
    return _find(_ROOT, [unquote_plus(segment) for segment in path.strip("/").split("/")], method, ())


def _find(
    node: _Node, rest: list[str], method: str, ids: tuple[str, ...]
) -> tuple[Operation, tuple[str, ...]] | None:
    if not rest:
        found = node.operations.get(method)
        return (found, ids) if found else None
    head, tail = rest[0], rest[1:]
    if head in node.children:
        found_here = _find(node.children[head], tail, method, ids)
        if found_here:
            return found_here
    if "{}" in node.children and head:
        return _find(node.children["{}"], tail, method, (*ids, head))
    return None
