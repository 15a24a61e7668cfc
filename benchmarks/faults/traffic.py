"""What comes and goes while things break: events of customers made at Stripe, and customers made here."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from math import inf
from threading import Event
from typing import Any

import httpx
import psycopg

from benchmarks.events import signed
from benchmarks.faults.verdict import Verdict, judge
from benchmarks.pace import NAME
from devstack.nginx import Proxy

# Seconds between two attempts, for one, and for all.
PAUSE, TIMEOUT, MOST = 0.2, 10.0, 300.0
WAITING = "SELECT count(*) FROM integrations_inboundevent WHERE state = 'pending'"
LEFT = f"""
SELECT ({WAITING})
     + (SELECT count(*) FROM integrations_outboundsync WHERE state NOT IN ('done', 'cancelled'))
"""
# An event that was acknowledged is here, and done with; what a poll brings has another id.
IN = """
SELECT c.name, count(*) FROM billing_customer c
JOIN integrations_inboundevent e ON e.provider_event_id = 'evt_' || c.name AND e.state IN ('applied', 'ignored')
GROUP BY c.name
"""
OUT = "SELECT name, count(*) FROM billing_customer WHERE name LIKE 'out-%' GROUP BY name"
FRESH = """
SELECT EXISTS (SELECT FROM integrations_inboundevent
               WHERE state = 'applied' AND received_at > %(since)s AND provider_event_id LIKE 'evt_in-%%')
   AND EXISTS (SELECT FROM integrations_entitymapping JOIN billing_customer c ON c.id = entity_id
               WHERE c.name LIKE 'out-%%' AND c.created_at > %(since)s)
"""


@dataclass(frozen=True)
class Places:
    """Where both roads begin and end: the proxy, an address behind it, a program's key; Stripe, ours."""

    proxy: Proxy
    webhook: str
    key: str
    stripe: str
    secret_key: str
    database: str


@dataclass(frozen=True)
class Schedule:
    """So many a second from a time on, which several senders share."""

    rate: float
    began: float = field(default_factory=time.time)
    numbers: Iterator[int] = field(default_factory=count)


class Traffic:
    """Both roads, through the proxy; each thing is sent until it is acknowledged.

    ``acknowledged``: by road, the names, each with when it was due (time.time()) and after how many seconds.
    ``given_up``: what was not. ``refused``: other answers, and what came in place of one.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self.acknowledged: dict[str, dict[str, tuple[float, float]]] = {"in": {}, "out": {}}
        self.given_up: list[str] = []
        self.refused = Counter[str]()
        self._numbers = count()

    @contextmanager
    def flowing(self, rates: Mapping[str, float], senders: int = 1) -> Iterator[None]:
        """Each flows during the block, at so many a second; what was begun is acknowledged at its end."""
        stopped, roads = Event(), {"in": self._event, "out": self._customer}
        with ThreadPoolExecutor(2 * senders) as pool:
            flows = []
            for name, rate in rates.items():
                schedule, send = Schedule(rate), roads[name]
                for number in range(senders):
                    clients = self._clients(f"127.0.1.{number + 1}")
                    flows.append(pool.submit(_flow, partial(send, *clients), schedule, stopped))
            try:
                yield
            finally:
                stopped.set()
        for flow in flows:
            flow.result()

    def is_normal(self, since: Any) -> bool:
        """Whether something of both roads that came after ``since`` has arrived."""
        return bool(self.one(FRESH, since=since))

    def waiting(self) -> int | None:
        """How many events are not settled, None while the database does not answer."""
        found: int | None = self.one(WAITING)
        return found

    def is_done(self) -> bool:
        """Whether nothing waits any more."""
        return bool(self.one(LEFT) == 0)

    def verdict(self) -> Verdict:
        """What became of all that was acknowledged."""
        with psycopg.connect(self._places.database) as db:
            here = dict[str, int](db.execute(IN).fetchall()) | dict(db.execute(OUT).fetchall())
        there = Counter(self._customers())
        names = [name for road in self.acknowledged.values() for name in road]
        return judge([*names, *self.given_up], here, there)

    def one(self, sql: Any, **values: Any) -> Any:
        """One value, None while the database does not answer."""
        try:
            with psycopg.connect(self._places.database, connect_timeout=3) as db:
                row = db.execute(sql, values).fetchone()
        except psycopg.OperationalError:
            return None
        return row[0] if row else None

    def _clients(self, address: str) -> tuple[httpx.Client, httpx.Client]:
        """Of FlexSync, from an address of this machine's, and of Stripe."""
        places = self._places
        transport = httpx.HTTPTransport(local_address=address, verify=places.proxy.trusting())
        base, named = f"https://127.0.0.1:{places.proxy.https}", {"Host": NAME}
        there = {"Authorization": f"Bearer {places.secret_key}"}
        return (
            httpx.Client(transport=transport, base_url=base, headers=named, timeout=TIMEOUT),
            httpx.Client(base_url=places.stripe, headers=there, timeout=60, trust_env=False),
        )

    def _event(self, here: httpx.Client, stripe: httpx.Client, due: float) -> None:
        """A customer is made at Stripe, which posts its event."""
        name, began = f"in-{next(self._numbers)}", time.time()
        customer = stripe.post("/v1/customers", data={"name": name}).raise_for_status().json()
        event = {"id": f"evt_{name}", "object": "event", "type": "customer.created", "livemode": False}
        event |= {"created": customer["created"], "data": {"object": customer}}
        # What Stripe takes is no delay of ours.
        due += time.time() - began
        self._until("in", name, due, lambda: _post(here, self._places.webhook, signed(event)), 200)

    def _customer(self, here: httpx.Client, _stripe: httpx.Client, due: float) -> None:
        name = f"out-{next(self._numbers)}"
        body = f'{{"name": "{name}"}}'.encode()
        headers = {"Authorization": f"Bearer {self._places.key}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = name
        self._until("out", name, due, lambda: _post(here, "/v1/customers", (body, headers)), 201)

    def _until(
        self, road: str, name: str, due: float, attempt: Callable[[], httpx.Response], status: int
    ) -> None:
        """Tries again until the answer is this one."""
        while (answer := _answer(attempt)) != str(status):
            self.refused[answer] += 1
            if time.time() - due > MOST:
                self.given_up.append(name)
                return
            time.sleep(PAUSE)
        self.acknowledged[road][name] = (due, time.time() - due)

    def _customers(self) -> Iterator[str]:
        """The names of all customers at Stripe."""
        last = ""
        with self._clients("127.0.0.1")[1] as stripe:
            while True:
                query = {"limit": "100"} | ({"starting_after": last} if last else {})
                page = stripe.get("/v1/customers", params=query).json()
                yield from (one["name"] for one in page["data"])
                if not page["has_more"]:
                    return
                last = page["data"][-1]["id"]


def _flow(send: Callable[[float], None], schedule: Schedule, stopped: Event) -> None:
    for number in schedule.numbers:
        # As fast as can be: nothing is due before its turn comes.
        due = time.time() if schedule.rate == inf else schedule.began + number / schedule.rate
        if stopped.wait(max(0.0, due - time.time())):
            return
        send(due)


def _post(client: httpx.Client, path: str, post: tuple[bytes, dict[str, str]]) -> httpx.Response:
    return client.post(path, content=post[0], headers=post[1], extensions={"sni_hostname": NAME})


def _answer(attempt: Callable[[], httpx.Response]) -> str:
    """The status, or what came in place of one."""
    try:
        return str(attempt().status_code)
    except httpx.TransportError as failure:
        return type(failure).__name__
