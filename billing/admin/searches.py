"""Other names by which lists find rows, contributed by other apps, which billing need not know."""

from collections.abc import Callable

from django.http import HttpRequest

# (text) -> the ids that it names on any side, and whether there are more than these.
Aliases = Callable[[str], tuple[set[str], bool]]
_contributed: list[Aliases] = []


def add(aliases: Aliases) -> None:
    """Searches each list for what ``aliases`` returns too, from now on."""
    if aliases not in _contributed:
        _contributed.append(aliases)


def aliases(request: HttpRequest, text: str) -> tuple[set[str], bool]:
    """All ids that ``text`` names, and whether there are more than these; looked for once in a request."""
    known: dict[str, tuple[set[str], bool]] = request.__dict__.setdefault("_aliases", {})
    if text not in known:
        found = [one(text) for one in _contributed]
        known[text] = {id for ids, _ in found for id in ids}, any(more for _, more in found)
    return known[text]
