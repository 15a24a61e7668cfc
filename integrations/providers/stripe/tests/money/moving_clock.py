"""One clock that FlexSync and Stripe share, and that tests move on."""

from collections.abc import Iterator
from contextlib import contextmanager

import time_machine
from django.utils import timezone

from stripe_simulator.testing import SimulatorServer

HOUR = 3600
# A bank debit takes four days.
FIVE_DAYS = 5 * 24 * HOUR


class MovingClock:
    """Real time plus what was waited: the simulator runs in this process, and reads the same clock."""

    def __init__(self, simulator: SimulatorServer, time: time_machine.Traveller) -> None:
        self._simulator, self._time = simulator, time

    def wait(self, seconds: float) -> None:
        """Lets time pass; what falls due at Stripe happens."""
        self._time.shift(seconds)
        self._simulator.advance_clock(0)


@contextmanager
def moving_clock(simulator: SimulatorServer) -> Iterator[MovingClock]:
    """Within the block the clock can be moved; afterwards it is real time again."""
    with time_machine.travel(timezone.now(), tick=True) as time:
        yield MovingClock(simulator, time)
