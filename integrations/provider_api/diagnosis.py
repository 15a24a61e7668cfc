"""What a doctor may ask of a provider: permissions, which event types it knows, and a harmless change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from integrations.provider_api.gateway import Gateway, Json


def _nothing(_argument: object) -> str:
    return ""


@dataclass(frozen=True)
class Permission:
    """One permission, by the provider's name. ``switches``: which need it, () where catch-up does.

    ``probe``: (operation, params) of a call that reads and needs it; None where only a write would show it.
    ``operations``: what the names of operations begin with that prove it, once they were done.
    """

    name: str
    switches: Sequence[str] = ()
    probe: tuple[str, Json] | None = None
    operations: Sequence[str] = ()


class Provoke(Protocol):
    """Makes something that nobody sees under the idempotency ``key``; returns the object's id.

    The provider then sends an event of that object. ``undo``, of that id, removes it again.
    """

    def __call__(self, gateway: Gateway, /, *, key: str) -> str: ...


@dataclass(frozen=True)
class Diagnosis:
    """``is_restricted``(credentials) -> whether they may be allowed less than everything.

    ``permissions``: what restricted ones need. ``refused``(message) -> the permission that a refusal names,
    "" for none. ``unknown_events``(types) -> those that this API version knows no more. ``provoke`` and
    ``undo``: None where nothing can be changed without harm.
    """

    is_restricted: Callable[[Json], bool] = lambda _credentials: False
    permissions: Sequence[Permission] = ()
    refused: Callable[[str], str] = _nothing
    unknown_events: Callable[[Iterable[str]], Iterable[str]] = lambda _types: ()
    provoke: Provoke | None = None
    undo: Callable[[Gateway, str], None] | None = None
