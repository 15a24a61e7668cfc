"""`python -m devstack --home test -- python -m benchmarks.starving`: webhooks while Stripe is slow.

50 webhooks a second for five minutes, 30 requests that wait for a Stripe of 20 s, and a customer whom another
transaction has locked. With `--backlog 10000` a worker applies so many events meanwhile; with `--to web` the
webhooks go where people wait, as they did before they had a process of their own.
"""

import asyncio
import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import cycle, islice
from statistics import quantiles
from typing import TYPE_CHECKING

import django
import psycopg

from benchmarks.__main__ import served
from benchmarks.databases import empty_database, migrate
from benchmarks.events import events, signed
from benchmarks.mix import mix
from benchmarks.outbound import SITE, limits, say, simulator, worker
from benchmarks.pace import Answers, again_and_again, request, steadily, straight
from benchmarks.sender import load

if TYPE_CHECKING:
    from benchmarks.starving_shop import Shop

PORTS = {"web": 8156, "webhooks": 8157}
POOL = ["--pool", "prefork", "--concurrency", "2"]
# Seconds: after which a webhook counts as lost, until people who were sent away come again, and by which they
# are there first.
TIMEOUT, PAUSE, HEAD_START = 30.0, 1.0, 2.0


def main() -> None:
    """Prints what became of the webhooks and of the people."""
    options = arguments()
    os.environ |= {"STRIPE_API_BASE": SITE, "LOG_LEVEL": "ERROR"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "flexsync.settings"
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    django.setup()
    with simulator(), running("web"), running("webhooks"):
        starve(options)


def starve(options: Namespace) -> None:
    """The trial itself, once all is running."""
    from benchmarks.starving_shop import Shop

    shop = Shop(SITE)
    limits("faults", operation="*", effect="slow", times=-1, seconds=options.stripe)
    if options.backlog:
        load(PORTS["webhooks"], shop.webhook, [signed(event) for event in mix(options.backlog // 7)])
    posts = webhooks(shop, PORTS[options.to], options.seconds * options.rate)
    asked = list(shop.requests(PORTS["web"]))
    with locked(os.environ["DATABASE_URL"], shop.customer), worker(POOL):
        answers, people = asyncio.run(
            trial(PORTS[options.to], posts, PORTS["web"], asked, people=options.people, rate=options.rate)
        )
    show("webhooks", answers)
    show("people", people)


def arguments() -> Namespace:
    """Returns the options of the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--rate", type=int, default=50, help="webhooks a second")
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--stripe", type=float, default=20.0, help="seconds that Stripe takes")
    parser.add_argument("--backlog", type=int, default=0, help="events that are applied meanwhile")
    parser.add_argument("--to", choices=PORTS, default="webhooks", help="the process that takes webhooks")
    return parser.parse_args()


def running(process: str) -> AbstractContextManager[None]:
    """Runs the process by its own configuration."""
    return served("flexsync.wsgi", PORTS[process], ("--config", f"deploy/gunicorn/{process}.py"))


@contextmanager
def locked(database: str, customer_id: str) -> Iterator[None]:
    """Another transaction has the customer's row during the block."""
    with psycopg.connect(database) as other:
        other.execute("SELECT FROM billing_customer WHERE id = %s FOR UPDATE", [customer_id])
        yield


def webhooks(shop: "Shop", port: int, count: int) -> Iterator[bytes]:
    """Yields so many posts, signed as they are taken; every fiftieth is of the locked customer."""
    for number, (body, headers) in enumerate(events(count)):
        if number % 50 == 49:
            body, headers = signed(shop.changed(number, int(time.time())))
        yield request(port, "POST", shop.webhook, headers, body)


async def trial(
    port: int, posts: Iterable[bytes], web: int, asked: Sequence[bytes], *, people: int, rate: float
) -> tuple[Answers, Answers]:
    """Sends the webhooks while that many people ask again and again; returns the answers of both."""
    answers, of_people = Answers(), Answers()
    waiting = [
        asyncio.create_task(
            again_and_again(straight(web), islice(cycle(asked), number, None), of_people, pause=PAUSE)
        )
        for number in range(people)
    ]
    await asyncio.sleep(HEAD_START)
    await steadily(straight(port), posts, answers, rate=rate, timeout=TIMEOUT)
    for one in waiting:
        one.cancel()
        with suppress(asyncio.CancelledError):
            await one
    return answers, of_people


def show(who: str, answers: Answers) -> None:
    """Prints how many answers there were of each status, and how long they took."""
    cuts = quantiles(answers.seconds, n=100)
    say(
        f"{who}: {dict(answers.statuses)}, p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms,"
        f" longest {max(answers.seconds) * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
