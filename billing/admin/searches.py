"""Other names by which lists find rows, contributed by other apps, which billing need not know."""

from collections.abc import Callable

# (text) -> the ids that it names on any side, and whether there are more than these.
Aliases = Callable[[str], tuple[set[str], bool]]
_contributed: list[Aliases] = []


def add(aliases: Aliases) -> None:
    """Searches each list for what ``aliases`` returns too, from now on."""
    if aliases not in _contributed:
        _contributed.append(aliases)


def aliases(text: str) -> tuple[set[str], bool]:
    """All ids that ``text`` names, and whether there are more than these."""
    found = [one(text) for one in _contributed]
    return {id for ids, _ in found for id in ids}, any(more for _, more in found)
