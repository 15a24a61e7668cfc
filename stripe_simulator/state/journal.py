"""The undo journal of an account: a call that fails leaves nothing half done.

Source: Stripe API reference, "Errors" and "Idempotent requests": a refused request has no effect. A declined
payment is the exception, because the attempt stays on record.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[], object]


class Journal:
    """How to undo each change since the start of the open unit of work, and what follows once it succeeds."""

    def __init__(self) -> None:
        self.scope = 0  # the innermost open unit of work; 0 when none is open
        self._scopes = 0
        self._undo: list[Step] = []
        self._after: list[Step] = []

    def record(self, undo: Step) -> None:
        """Remember how to undo a change, before it is made."""
        if self.scope:
            self._undo.append(undo)

    def after(self, step: Step) -> None:
        """Do this once the outermost unit of work has succeeded; at once if none is open."""
        if self.scope:
            self._after.append(step)
        else:
            step()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Undo all changes of the block if it raises, unless the error says that its effects stay."""
        outer, changes, steps = self.scope, len(self._undo), len(self._after)
        self._scopes += 1
        self.scope = self._scopes
        try:
            yield
        except BaseException as error:
            if not getattr(error, "keeps_effects", False):
                self._roll_back(changes)
                del self._after[steps:]
            raise
        finally:
            self.scope = outer
            if not outer:
                self._finish()

    def _roll_back(self, changes: int) -> None:
        while len(self._undo) > changes:
            self._undo.pop()()

    def _finish(self) -> None:
        steps, self._after = self._after, []
        self._undo.clear()
        for step in steps:
            step()
