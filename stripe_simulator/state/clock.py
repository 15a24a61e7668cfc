"""The simulator's clock: real time, plus what was skipped on request."""

import time


class Clock:
    """Seconds since 1970; every timestamp and every retry of the simulator reads it."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def time(self) -> float:
        """Now, with fractions of a second."""
        return time.time() + self._skipped

    def now(self) -> int:
        """Now, in whole seconds, as Stripe's `created`."""
        return int(self.time())

    @property
    def skipped(self) -> float:
        """How far the clock runs ahead of real time, in seconds."""
        return self._skipped

    def advance(self, seconds: float) -> None:
        """Skip some time."""
        self._skipped += seconds

    def reset(self) -> None:
        """Return to real time."""
        self._skipped = 0.0
