"""What goes wrong: Stripe's answers, the network, and the loss of a worker, the database or the broker."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection, connections

from integrations.provider_api import Gateway, Json, Provider, registry
from integrations.providers.stripe import client
from integrations.providers.stripe.provider import PROVIDER
from integrations.providers.stripe.tests.faults.world import World
from integrations.providers.stripe.tests.timeouts import call_timeout
from integrations.tests.workers import database_url, empty_broker

HTTP = ("429", "500_before", "500_after", "reset_after", "timeout")
LOSSES = ("killed", "database_gone", "broker_emptied")
FAULTS = (*HTTP, *LOSSES)

Work = Callable[[], None]


class Struck:
    """A gateway to which something happens right after its ``nth`` answer has come, before anything is recorded."""

    def __init__(self, gateway: Gateway, after: "After") -> None:
        self._gateway, self._after = gateway, after

    def call(self, operation: str, params: Json, **options: Any) -> Json:
        """The call, then perhaps the blow."""
        answer = self._gateway.call(operation, params, **options)
        self._after.count()
        return answer

    def account(self) -> Any:
        """As it is."""
        return self._gateway.account()


class After:
    """Counts answers, and strikes at the ``nth``."""

    def __init__(self, nth: int, strike: Callable[[], None]) -> None:
        self.left, self.strike = nth, strike

    def count(self) -> None:
        """One more answer."""
        self.left -= 1
        if self.left == 0:
            self.strike()


@contextmanager
def striking(after: After) -> Iterator[None]:
    """The provider, with this happening to whatever gateway it opens."""

    def opened(credentials: Json) -> Gateway:
        assert PROVIDER.open_gateway
        return Struck(PROVIDER.open_gateway(credentials), after)

    hooked: Provider = replace(PROVIDER, open_gateway=opened)
    registry.add(hooked)
    try:
        yield
    finally:
        registry.add(PROVIDER)


def suffer(world: World, fault: str, nth: int, work: Work) -> None:
    """Does ``work`` while ``fault`` happens at the ``nth`` call to Stripe from now."""
    if fault in HTTP:
        # A 429 that does not say for how long; what Stripe says has its own tests.
        world.simulator.faults.add("*", fault, nth=nth, account=world.label, seconds=0)
        with call_timeout(0.3) if fault == "timeout" else nullcontext():
            work()
    elif fault == "killed":
        with striking(After(nth, lambda: os.kill(os.getpid(), signal.SIGKILL))):
            _in_another_process(work)
    elif fault == "database_gone":
        _in_a_thread_that_loses_its_database(nth, work)
    else:
        with striking(After(nth, empty_broker)):
            work()


def _in_another_process(work: Work) -> None:
    """In a fork with connections of its own, which may be killed."""
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    try:
        for database in connections.all(initialized_only=True):
            database.connection = None
        client._client.cache_clear()
        work()
    finally:
        os._exit(0)


def _in_a_thread_that_loses_its_database(nth: int, work: Work) -> None:
    def backend_ends() -> None:
        with psycopg.connect(database_url(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [backend])

    backend = 0

    def run() -> None:
        nonlocal backend
        connection.ensure_connection()
        backend = connection.connection.info.backend_pid
        try:
            # As in a worker: the task fails, and the row stays leased until the lease runs out.
            with striking(After(nth, backend_ends)), suppress(OperationalError, InterfaceError):
                work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()
