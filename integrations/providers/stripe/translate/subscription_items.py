"""Which item here is which at Stripe: the items here have no ids of Stripe's, so their prices tell."""

from collections.abc import Iterable, Mapping, Sequence

# Instead of an id: a new item here, and one whose price Stripe's item has exchanged for another item's here.
NEW, GONE = "", None


def matched(ours: Sequence[str], known: Mapping[str, str], theirs: Mapping[str, str]) -> list[str | None]:
    """The id of Stripe's item for each of ours, in order; NEW or GONE where there is none.

    All are given by their prices at Stripe: ours in order, ``known`` (when both sides last agreed) and
    ``theirs`` (as they are) by id. An item that is neither known nor there with its price is a known one that
    got another price here, the first one that is left.
    """
    found: dict[int, str | None] = {}
    _by_price(found, ours, known)
    _by_price(found, ours, theirs)
    _exchanged(found, ours, known, theirs)
    left = [one for one in known if one not in found.values()]
    spare = sorted(left, key=lambda one: one not in theirs)
    for place in _open(found, ours):
        found[place] = spare.pop(0) if spare else NEW
    return [found[place] for place in range(len(ours))]


def _open(found: Mapping[int, str | None], ours: Sequence[str]) -> Iterable[int]:
    return [place for place in range(len(ours)) if place not in found]


def _by_price(found: dict[int, str | None], ours: Sequence[str], there: Mapping[str, str]) -> None:
    left = {price: one for one, price in there.items() if one not in found.values()}
    for place in _open(found, ours):
        if ours[place] in left:
            found[place] = left.pop(ours[place])


def _exchanged(
    found: dict[int, str | None], ours: Sequence[str], known: Mapping[str, str], theirs: Mapping[str, str]
) -> None:
    """Stripe's item got the price of an item that was added here: of the two here that one is it."""
    moved = {theirs[one]: one for one in known if one in theirs and theirs[one] != known[one]}
    for place in _open(found, ours):
        if one := moved.pop(ours[place], None):
            found |= {other: GONE for other in found if found[other] == one}
            found[place] = one
