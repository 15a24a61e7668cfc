"""What is known of a field: its edits, what Stripe shows of it, how it may end."""

from dataclasses import dataclass
from typing import Any

# The first and the last second in which something can have been.
Seconds = tuple[int, int]


@dataclass(eq=False)
class Edit:
    """``value``: as its side spells it. ``knew``: how many of the other side's edits, at least and at most.

    ``is_undone``: its side had taken it back before the other one saw it. ``is_over``: it lost against an
    edit that both sides know, or is what both sides have. ``is_open``: neither it nor the other side's edit
    of the same second has won.
    """

    value: Any
    at: Seconds
    knew: tuple[int, int]
    is_undone: bool = False
    is_over: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class Clash:
    """Two edits whose writers knew nothing of each other's, and who may have won."""

    ours: Edit
    theirs: Edit
    winners: frozenset[str]


@dataclass(frozen=True)
class View:
    """What Stripe's field shows, the ``number``-th state of it, and how many edits there it covers."""

    value: Any
    number: int
    count: int


UNSEEN = View(None, 0, 0)


@dataclass(frozen=True)
class Ending:
    """Values of both sides with which the field may end; ``is_open``: by an open conflict."""

    here: Any
    there: Any
    is_open: bool = False


def undo(edits: list[Edit]) -> None:
    """Their side has taken them back."""
    for edit in edits:
        edit.is_undone = True


def finish(edits: list[Edit]) -> None:
    """They count no more."""
    for edit in edits:
        edit.is_over, edit.is_open = True, False


def are_set_back(edits: list[Edit], own: list[Any]) -> bool:
    """Whether Stripe's ``edits`` count as none, within one second, as a call had set the last value."""
    if not edits or edits[0].at[0] != edits[-1].at[1]:
        return False
    return edits[-1].value in own and all(edit.is_undone for edit in edits)


def last_of(edits: list[Edit]) -> Edit | None:
    """The last one that counts."""
    counting = (edit for edit in reversed(edits) if not edit.is_over and not edit.is_undone)
    return next(counting, None)
