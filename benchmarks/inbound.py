"""`python -m devstack --home test -- python -m benchmarks.inbound`: events applied per second.

Events of the whole mix are posted to the processes for webhooks while one worker process applies them; with
`--backlog` they are stored before the worker starts. Stripe is a simulator that responds after 100 ms.
"""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from statistics import quantiles

import django
import httpx

from benchmarks.__main__ import WEBHOOKS, connect, served
from benchmarks.databases import empty_database, migrate
from benchmarks.events import signed
from benchmarks.mix import mix
from benchmarks.outbound import LATENCY, SITE, limits, say, simulator, worker
from benchmarks.sender import load

PORT = 8153


def main() -> None:
    """Prints one line for what was received, one for what was applied."""
    options = arguments()
    os.environ |= {
        "STRIPE_API_BASE": SITE,
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "flexsync.settings",
    }
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    django.setup()
    path = f"/v1/integrations/stripe/webhook/{connect()}"
    posts = [signed(event) for event in mix(options.events // 7)]
    pool = ["--pool", "prefork", "--concurrency", options.processes]
    with simulator(), served("flexsync.wsgi", PORT, WEBHOOKS):
        limits("faults", operation="*", effect="slow", times=-1, seconds=LATENCY)
        if options.backlog:
            post(path, posts)
        with worker(pool):
            begun = time.perf_counter()
            if options.backlog:
                notify()
            else:
                post(path, posts)
            settle(len(posts), begun)
        calls = len(httpx.get(f"{SITE}/_simulator/requests").json()["requests"])
        say(f"{calls / len(posts):.3f} calls to Stripe for each event")


def arguments() -> Namespace:
    """Returns the options of the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=7000)
    parser.add_argument("--backlog", action="store_true", help="let the events wait before a worker starts")
    parser.add_argument("--processes", default="1", help="how many processes the worker has")
    return parser.parse_args()


def post(path: str, posts: Sequence[tuple[bytes, dict[str, str]]]) -> None:
    """Sends them over 16 connections."""
    rate, times = load(PORT, path, posts)
    cuts = quantiles(times, n=100)
    say(f"{rate:.0f} acknowledged/s, p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms")


def notify() -> None:
    """Notifies the worker of the waiting events."""
    from integrations.queue import inbox_wakeup

    inbox_wakeup.notify_now()


def settle(number: int, begun: float) -> None:
    """Waits until every event is settled, and prints the speed; older states of an object may be ignored."""
    from django.db.models import Count

    from integrations.models import InboundEvent

    while InboundEvent.objects.filter(state="pending").exists():
        assert time.perf_counter() - begun < 300, "some events still wait"
        time.sleep(0.1)
    taken = time.perf_counter() - begun
    states = dict(InboundEvent.objects.order_by().values_list("state").annotate(Count("id")))
    assert states.keys() <= {"applied", "ignored"} and sum(states.values()) == number, states
    again = InboundEvent.objects.filter(attempts__gt=1).count()
    say(
        f"{number} events settled in {taken:.1f} s: {number / taken:.0f}/s {states}, {again} of them not at the first attempt"
    )


if __name__ == "__main__":
    main()
