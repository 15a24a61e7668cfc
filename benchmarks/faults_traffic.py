"""What comes and goes while `benchmarks.faults` breaks things: events of Stripe, and customers made here."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event, Thread
from typing import Any

import httpx
import psycopg

from benchmarks.events import signed

# Seconds between two of each road, between two attempts, and for one attempt.
APART, PAUSE, TIMEOUT = 0.2, 0.2, 10.0
LEFT = """
SELECT (SELECT count(*) FROM integrations_inboundevent WHERE state = 'pending')
     + (SELECT count(*) FROM integrations_outboundsync WHERE state NOT IN ('done', 'cancelled'))
"""
IN = "SELECT name, count(*) FROM billing_customer WHERE name LIKE 'in-%' GROUP BY name"
FRESH = """
SELECT EXISTS (SELECT FROM integrations_inboundevent WHERE state = 'applied' AND received_at > %(since)s)
   AND EXISTS (SELECT FROM integrations_entitymapping JOIN billing_customer c ON c.id = entity_id
               WHERE c.name LIKE 'out-%%' AND c.created_at > %(since)s)
"""


class Traffic:
    """Both roads; ``came`` and ``made``: the names that were acknowledged, each sent until it was."""

    def __init__(
        self, *, web: str, webhooks: str, key: str, site: str, secret_key: str, database: str
    ) -> None:
        self._web, self._webhooks, self._database = web, webhooks, database
        self._site = site
        self._headers = {"Authorization": f"Bearer {key}"}
        self._at_stripe = {"Authorization": f"Bearer {secret_key}"}
        self.came: list[str] = []
        self.made: list[str] = []
        self._numbers = count()

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Both flow during the block, and what was begun is acknowledged at its end."""
        stopped = Event()
        flows = [Thread(target=_flow, args=[send, stopped]) for send in (self._event, self._customer)]
        for flow in flows:
            flow.start()
        try:
            yield
        finally:
            stopped.set()
            for flow in flows:
                flow.join()

    def is_normal(self, since: Any) -> bool:
        """Whether something of both roads that came after ``since`` has arrived."""
        return bool(self.one(FRESH, since=since))

    def is_done(self) -> bool:
        """Whether nothing waits any more."""
        return bool(self.one(LEFT) == 0)

    def verdict(self) -> tuple[int, int]:
        """How many are lost, and how many came twice."""
        with psycopg.connect(self._database) as db:
            here: dict[str, int] = dict(db.execute(IN).fetchall())
        there = Counter(self._customers())
        wrong = [here.get(name, 0) for name in self.came] + [there[name] for name in self.made]
        return wrong.count(0), sum(number > 1 for number in wrong)

    def one(self, sql: Any, **values: Any) -> Any:
        """One value, None while the database does not answer."""
        try:
            with psycopg.connect(self._database, connect_timeout=3) as db:
                row = db.execute(sql, values).fetchone()
        except psycopg.OperationalError:
            return None
        return row[0] if row else None

    def _event(self) -> None:
        number = next(self._numbers)
        customer = {"id": f"cus_in{number}", "object": "customer", "name": f"in-{number}", "metadata": {}}
        event = {"id": f"evt_in{number}", "object": "event", "type": "customer.created", "livemode": False}
        now = int(time.time())
        data = {"object": customer | {"created": now, "livemode": False}}
        body, headers = signed(event | {"created": now, "data": data})
        _until(lambda: httpx.post(self._webhooks, content=body, headers=headers, timeout=TIMEOUT), 200)
        self.came.append(f"in-{number}")

    def _customer(self) -> None:
        name = f"out-{next(self._numbers)}"
        headers = self._headers | {"Idempotency-Key": name}
        url = f"{self._web}/v1/customers"
        _until(lambda: httpx.post(url, json={"name": name}, headers=headers, timeout=TIMEOUT), 201)
        self.made.append(name)

    def _customers(self) -> Iterator[str]:
        """The names of all customers at Stripe."""
        last = ""
        while True:
            query = {"limit": "100"} | ({"starting_after": last} if last else {})
            page = httpx.get(
                f"{self._site}/v1/customers", params=query, headers=self._at_stripe, timeout=60
            ).json()
            yield from (one["name"] for one in page["data"])
            if not page["has_more"]:
                return
            last = page["data"][-1]["id"]


def _flow(send: Callable[[], None], stopped: Event) -> None:
    while not stopped.wait(APART):
        send()


def _until(attempt: Callable[[], httpx.Response], status: int) -> None:
    """Tries again until the answer is this one."""
    while True:
        try:
            if attempt().status_code == status:
                return
        except httpx.TransportError:
            pass
        time.sleep(PAUSE)
