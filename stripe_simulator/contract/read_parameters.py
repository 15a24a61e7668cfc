"""Parameters that record which of them are read, at any depth.

Those that are not had no effect, and the request log lists them.
"""

from typing import Any


class ReadParameters(dict[str, Any]):
    """Typed parameters that record which of them a handler reads."""

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__({name: _remembering(value) for name, value in params.items()})
        self._unread = set(params) - {"expand"}

    @property
    def unread(self) -> list[str]:
        """The names that were not read, such as `recurring[meter]`; an unread structure is one name."""
        found = set(self._unread)
        for name in self.keys() - self._unread:
            found |= {f"{name}{rest}" for rest in _unread_inside(super().__getitem__(name))}
        return sorted(found)

    def __getitem__(self, name: str) -> Any:
        self._unread.discard(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._unread.discard(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value, and record that it was read."""
        self._unread.discard(name)
        return super().get(name, default)

    def items(self) -> Any:
        """Return all items; all of them count as read."""
        self._unread.clear()
        return super().items()

    def __ror__(self, other: Any) -> Any:
        """Return a merged copy, with these parameters on the right."""
        self._unread.clear()
        return other | dict(super().items())

    def __or__(self, other: Any) -> Any:
        """Return a merged copy; it goes to another function, which may read all of it."""
        self._unread.clear()
        return dict(super().items()) | other


def _remembering(value: Any) -> Any:
    if isinstance(value, dict):
        return ReadParameters(value)
    return [_remembering(item) for item in value] if isinstance(value, list) else value


def _unread_inside(value: Any) -> set[str]:
    if isinstance(value, ReadParameters):
        opened = len(value._unread) < len(value)
        return {_bracketed(name) for name in value.unread} if opened else set()
    if isinstance(value, list):
        return {f"[{index}]{rest}" for index, item in enumerate(value) for rest in _unread_inside(item)}
    return set()


def _bracketed(name: str) -> str:
    """Return the name in brackets: `meter` becomes `[meter]`, and `tiers[0]` becomes `[tiers][0]`."""
    head, bracket, rest = name.partition("[")
    return f"[{head}]{bracket}{rest}"
