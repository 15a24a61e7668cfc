"""Records which functions of the product a piece of work enters, in order, and counts packages and returns.

A *step* is one call of a function in billing, integrations or flexsync, below one of the given entry points.
Lambdas and comprehensions belong to the function around them, and a generator counts when it is called, not
when it goes on. What Django's query compiler calls (a field's `db_type`, a lookup's `as_sql`) is no step: the
product does not call it. Nor is the database backend, which lies below every statement. A *package* is the
folder of a step's file. Consecutive steps in one package are one *visit*, and a *return* is a visit to a
package that was visited before.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("billing", "integrations", "flexsync")
BACKEND = "billing.persistence.postgresql"
COMPILER = (
    "django.db.models.sql",
    "django.db.models.lookups",
    "django.db.models.fields",
    "django.db.backends.postgresql",
)


@dataclass(frozen=True)
class Step:
    """One function of one file, `path` relative to the repository."""

    path: Path
    function: str

    @property
    def package(self) -> str:
        """The package's dotted name."""
        return ".".join(self.path.parent.parts)


def packages(walk: Sequence[Step]) -> list[str]:
    """Returns the packages of a walk, in the order of their first visits."""
    return list(dict.fromkeys(step.package for step in walk))


def returns(walk: Sequence[Step]) -> int:
    """Returns how many visits of a walk are to a package that was visited before."""
    visits = [package for package, _steps in groupby(walk, key=lambda step: step.package)]
    return len(visits) - len(set(visits))


@contextmanager
def recorded(walk: list[Step], *entry_points: Callable[..., Any]) -> Iterator[None]:
    """Appends to `walk` every step that this thread takes below one of the entry points."""
    recorder = _Recorder(walk, {inspect.unwrap(function).__code__ for function in entry_points})
    sys.setprofile(recorder.profile)
    try:
        yield
    finally:
        sys.setprofile(None)


class _Recorder:
    def __init__(self, walk: list[Step], entry_points: set[CodeType]) -> None:
        self._walk = walk
        self._entry_points = entry_points
        self._entered: FrameType | None = None
        self._generators: set[FrameType] = set()

    def profile(self, frame: FrameType, event: str, _argument: object) -> None:
        """Python calls this for each call and return of a function."""
        if event == "call":
            if self._entered is None and frame.f_code in self._entry_points:
                self._entered = frame
            if self._entered is not None and _is_step(frame) and not self._goes_on(frame):
                path = Path(frame.f_code.co_filename).relative_to(ROOT)
                self._walk.append(Step(path, frame.f_code.co_qualname))
        elif event == "return" and frame is self._entered:
            self._entered = None

    def _goes_on(self, frame: FrameType) -> bool:
        """Returns whether the call resumes a generator that has begun."""
        known = frame in self._generators
        if frame.f_code.co_flags & inspect.CO_GENERATOR:
            self._generators.add(frame)
        return known


def _is_step(frame: FrameType) -> bool:
    """Returns whether a named function of the product is called, and not by Django's queries or for them."""
    caller = frame.f_back.f_globals.get("__name__", "") if frame.f_back else ""
    module: str = frame.f_globals.get("__name__", "")
    named = not frame.f_code.co_name.startswith("<") and not frame.f_code.co_filename.startswith("<")
    if module.startswith(BACKEND) or caller.startswith((BACKEND, *COMPILER)):
        return False
    return named and module.split(".")[0] in PRODUCT
