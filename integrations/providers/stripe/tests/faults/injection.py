"""Injects faults: in Stripe's responses or the network, or the loss of a worker, database or broker."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection, connections

from integrations.provider_api import Gateway, Json
from integrations.providers.stripe import client
from integrations.providers.stripe.tests.faults.world import World
from integrations.providers.stripe.tests.gateways import wrapped_gateways
from integrations.providers.stripe.tests.timeouts import call_timeout
from integrations.tests.workers import database_url, empty_broker

HTTP = ("429", "500_before", "500_after", "reset_after", "timeout")
LOSSES = ("killed", "database_gone", "broker_emptied")
FAULTS = (*HTTP, *LOSSES)

Work = Callable[[], None]


class FaultyGateway:
    """A gateway with a fault right after a response has come, before anything is recorded."""

    def __init__(self, gateway: Gateway, fault: "FaultAfter") -> None:
        self._gateway, self._fault = gateway, fault

    def call(self, operation: str, params: Json, **options: Any) -> Json:
        """Makes the call, then perhaps injects the fault."""
        response = self._gateway.call(operation, params, **options)
        self._fault.count()
        return response

    def account(self) -> Any:
        """Passes the call on unchanged."""
        return self._gateway.account()


class FaultAfter:
    """Counts responses, and injects the fault after the ``nth``."""

    def __init__(self, nth: int, inject: Callable[[], None]) -> None:
        self.left, self.inject = nth, inject

    def count(self) -> None:
        """Counts one more response."""
        self.left -= 1
        if self.left == 0:
            self.inject()


def faulty_gateways(fault: FaultAfter) -> AbstractContextManager[None]:
    """Within the block, every gateway that the provider opens has the fault."""
    return wrapped_gateways(lambda gateway, _credentials: FaultyGateway(gateway, fault))


def run_with_fault(world: World, fault: str, nth: int, work: Work) -> None:
    """Does ``work`` with ``fault`` injected at the ``nth`` call to Stripe from now."""
    if fault in HTTP:
        # A 429 without Retry-After; one with it has its own tests.
        world.simulator.faults.add("*", fault, nth=nth, account=world.label, seconds=0)
        with call_timeout(0.3) if fault == "timeout" else nullcontext():
            work()
    elif fault == "killed":
        with faulty_gateways(FaultAfter(nth, lambda: os.kill(os.getpid(), signal.SIGKILL))):
            _in_another_process(work)
    elif fault == "database_gone":
        _in_a_thread_that_loses_its_database(nth, work)
    else:
        with faulty_gateways(FaultAfter(nth, empty_broker)):
            work()


def _in_another_process(work: Work) -> None:
    """Does it in a fork with connections of its own, which may be killed."""
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
            with faulty_gateways(FaultAfter(nth, backend_ends)):
                work()
        except (DatabaseError, InterfaceError):
            # As in a worker: the task fails, and the row stays leased until the lease runs out.
            if connection.is_usable():
                raise
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()
