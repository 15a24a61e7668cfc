"""Which states of a row may follow which: declared by each model, and drawn in docs/states.md."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field


@dataclass(frozen=True)
class StateChanges:
    """``moves``: by the states from which, and the state to which, what makes it so; from nothing: a new row.

    ``among``: states of which any may follow any. ``onward``: states in their order, of which any later one
    may follow. ``column``: of the model.
    """

    column: str
    moves: Mapping[tuple[tuple[str, ...], str], str] = field(default_factory=dict)
    among: frozenset[str] = frozenset()
    onward: tuple[str, ...] = ()

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each state with each that may follow it."""
        yield from ((before, after) for befores, after in self.moves for before in befores)
        yield from ((before, after) for before in self.among for after in self.among - {before})
        for place, before in enumerate(self.onward):
            yield from ((before, after) for after in self.onward[place + 1 :])

    def states(self) -> AbstractSet[str]:
        """All that are named."""
        named = {state for befores, after in self.moves for state in (*befores, after)}
        return named | self.among | set(self.onward)


def by_evidence(transitions: Mapping[str, frozenset[str]]) -> dict[tuple[tuple[str, ...], str], str]:
    """Moves of which what a gateway reports makes any so."""
    return {((before,), after): "" for before, afters in transitions.items() for after in sorted(afters)}
