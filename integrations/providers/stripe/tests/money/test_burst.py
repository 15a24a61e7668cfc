"""Two invoices a second, each charged by 20 threads while its pages are paid: no deadlock, no double."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connections

from integrations.providers.stripe.tests.money import agreement, conservation
from integrations.providers.stripe.tests.money.demands import GOOD
from integrations.providers.stripe.tests.money.moving_clock import moving_clock
from integrations.providers.stripe.tests.money.world import AT_ONCE, PAGES, World

INVOICES, CHARGES, SECONDS_BETWEEN = 6, 20, 0.5
# When the customer pays, in seconds after the charges begin: a pair of invoices each.
LATER = (0.0, 0.2, 1.0)


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_charges_takes_each_debt_once(simulator: Any, settings: Any) -> None:
    # As many as a deployment with that many threads lets wait for Stripe: none is sent away, all meet.
    settings.PROVIDER_REQUESTS = INVOICES * (CHARGES + 1)
    with moving_clock(simulator) as clock:
        world = World(simulator, clock, AT_ONCE)
        answers: Counter[str] = Counter()
        with workers(world), ThreadPoolExecutor(INVOICES * (CHARGES + 1)) as pool:
            running: list[Future[str]] = []
            for number in range(INVOICES):
                world.bill()
                running += [pool.submit(act) for act in all_at_once(world, number)]
                time.sleep(SECONDS_BETWEEN)
            answers.update(one.result() for one in running)
        world.settle()
        # "locked": on a busy machine the turn of one of the 20 may not come while it waits for a lock.
        assert set(answers) <= {"charged", "invoice_paid", "payment_in_progress", "locked", "page"}, answers
        assert [*world.failures(), *agreement.disagreements(world), *conservation.losses(world)] == []
        assert [agreement.excess(invoice) for invoice in world.invoices] == [0] * INVOICES
        assert {invoice.payment_status for invoice in world.invoices} == {"succeeded"}
        world.close()


def all_at_once(world: World, number: int) -> list[Callable[[], str]]:
    """Charges begin in the same moment; the customer pays on one of the two pages, at once or a bit later."""
    invoice, start = world.owed.pk, Barrier(CHARGES + 1)
    page = world.post("payments/stripe/checkout", invoice_id=invoice, **PAGES)["session_id"]
    there = world.invoice_at(world.account)

    def charge() -> str:
        start.wait()
        try:
            answer = world.post("payments/stripe/charge", invoice_id=invoice)
            return "charged" if answer["http_status"] in (201, 202) else str(answer["code"])
        finally:
            connections.close_all()

    def pay() -> str:
        start.wait()
        time.sleep(LATER[number // 2 % len(LATER)])
        if number % 2:
            world.simulator.pay_invoice(there, GOOD)
        else:
            world.simulator.pay_checkout_session(page, GOOD)
        return "page"

    return [*[charge] * CHARGES, pay]


@contextmanager
def workers(world: World) -> Iterator[None]:
    """Within the block one thread brings webhooks, and one delivers pushes, on and on."""
    stop = Event()

    def webhooks() -> None:
        world.account.deliver()
        world.apply()

    def again(work: Callable[[], None]) -> None:
        try:
            while not stop.is_set():
                work()
                time.sleep(0.05)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(again, work) for work in (webhooks, world.work)]
        try:
            yield
        finally:
            stop.set()
            for one in running:
                one.result()
