"""A push in independent parts: what is refused for one of them never stops another."""

from collections.abc import Iterator
from contextlib import contextmanager

from integrations.errors import Rejected, Retry, SyncError, Throttled, UnderWay, Unreachable


class Parts:
    """Runs the parts one by one, then says what became of all of them."""

    def __init__(self) -> None:
        self._failures: list[tuple[str, SyncError]] = []

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Keeps a failure of this part for the end; a failure of the connection ends the push at once."""
        try:
            yield
        except SyncError as failure:
            if isinstance(failure, Throttled) or getattr(failure, "connection_is_broken", False):
                raise
            self._failures.append((name, failure))

    def finish(self) -> None:
        """Raises Retry while a part has to be tried again, Rejected if one was refused; with all reasons."""
        if not self._failures:
            return
        failures = [failure for _name, failure in self._failures]
        retries = [failure for failure in failures if isinstance(failure, Retry)]
        if len(failures) == 1:
            raise failures[0]
        reasons = "; ".join(f"{name}: {failure}" for name, failure in self._failures)
        if not retries:
            raise Rejected(reasons)
        kind = next((type(one) for one in retries if isinstance(one, Unreachable)), Retry)
        if all(isinstance(one, UnderWay) for one in retries):
            kind = UnderWay
        raise kind(reasons, after=max((one.after for one in retries if one.after), default=None))
