"""The simulator's clock: real time, plus what was skipped on request."""

import time


class Clock:
    """The time in seconds since 1970, for every timestamp and every retry of the simulator."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def time(self) -> float:
        """Return the current time, with fractions of a second."""
        return time.time() + self._skipped

    def now(self) -> int:
        """Return the current time in whole seconds, as Stripe's `created`."""
        return int(self.time())

    @property
    def skipped(self) -> float:
        """How far the clock runs ahead of real time, in seconds."""
        return self._skipped

    def advance(self, seconds: float) -> None:
        """Skip this many seconds."""
        self._skipped += seconds

    def reset(self) -> None:
        """Return to real time."""
        self._skipped = 0.0
