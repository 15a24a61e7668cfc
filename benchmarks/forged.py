"""`python -m devstack --home test -- python -m benchmarks.forged`: forged webhooks beside good ones.

300 forged posts a second beside 50 good ones for 30 seconds, both through the proxy. `--addresses 1` lets all
forged ones come from one address, which the proxy limits; by default they come from too many for that.
`--straight` leaves the proxy out.
"""

import asyncio
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path

from benchmarks.events import events
from benchmarks.outbound import say
from benchmarks.pace import NAME, Answers, Connect, request, steadily, straight, through
from benchmarks.proxied import PORTS, proxied, shop
from benchmarks.starving import show
from devstack.nginx import Proxy

# Seconds after which a good one counts as lost.
TIMEOUT = 30.0
# On which the forged ones come.
CONNECTIONS = 48
OPEN = {"Host": NAME, "Connection": "keep-alive", "Content-Type": "application/json"}


def main() -> None:
    """Prints what became of both kinds, what was counted, and how much was logged."""
    options = arguments()
    with tempfile.TemporaryDirectory() as folder, proxied(Path(folder)) as proxy:
        webhook, _ = shop()
        before = counted()
        good, forged = asyncio.run(trial(options, lambda source: way(options, proxy, source), webhook))
        show("good", good)
        show("forged", forged)
        refused = {code: number - before.get(code, 0) for code, number in counted().items()}
        say(f"counted as refused: {refused}")
        for path in sorted(Path(folder).rglob("*.log")):
            say(f"{path.relative_to(folder)}: {path.stat().st_size:,} bytes")


def arguments() -> Namespace:
    """Returns the options of the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rate", type=int, default=50, help="good webhooks a second")
    parser.add_argument("--forged", type=int, default=300, help="forged ones a second")
    parser.add_argument("--addresses", type=int, default=16, help="from which the forged ones come")
    parser.add_argument("--straight", action="store_true", help="without the proxy")
    return parser.parse_args()


def way(options: Namespace, proxy: Proxy, source: str) -> Connect:
    """Returns how a client with that address connects."""
    return straight(PORTS["webhooks"]) if options.straight else through(proxy, source)


async def trial(
    options: Namespace, connects_from: Callable[[str], Connect], webhook: str
) -> tuple[Answers, Answers]:
    """Sends the good ones while the forged ones come; returns the answers of both."""
    good, forged = Answers(), Answers()
    connects = (connects_from(f"127.0.1.{number % options.addresses + 1}") for number in range(CONNECTIONS))
    pause = CONNECTIONS / options.forged
    attack = [asyncio.create_task(flood(one, forgeries(webhook), forged, pause)) for one in connects]
    posts = [
        request(0, "POST", webhook, headers | {"Host": NAME}, body)
        for body, headers in events(options.seconds * options.rate)
    ]
    await steadily(connects_from("127.0.0.1"), posts, good, rate=options.rate, timeout=TIMEOUT)
    for one in attack:
        one.cancel()
    await asyncio.gather(*attack, return_exceptions=True)
    return good, forged


def forgeries(webhook: str) -> Iterator[bytes]:
    """Yields by turns: a wrong signature, an old one, none, and the address of nobody's connection."""
    (body, _) = next(events(1))
    now = int(time.time())
    signatures = [f"t={now},v1={'0' * 64}", f"t={now - 86400},v1={'0' * 64}", ""]
    headers = [OPEN | {"Stripe-Signature": text} for text in signatures]
    made = [request(0, "POST", webhook, one, body) for one in headers]
    nobodys = webhook.rpartition("/")[0] + "/conn_nobody"
    return cycle([*made, request(0, "POST", nobodys, headers[0], body)])


async def flood(connect: Connect, forged: Iterator[bytes], answers: Answers, pause: float) -> None:
    """Sends one in ``pause`` seconds, on a connection that is opened again when it ends."""
    while True:
        reader, writer = await connect()
        with suppress(OSError, asyncio.IncompleteReadError):
            for one in forged:
                begun = time.monotonic()
                writer.write(one)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
                answers.seconds.append(time.monotonic() - begun)
                answers.statuses[head.split(b" ", 2)[1].decode()] += 1
                await asyncio.sleep(max(0.0, begun + pause - time.monotonic()))
        writer.close()


def counted() -> dict[str, int]:
    """Returns how many webhooks FlexSync has refused, by its error code."""
    from integrations.webhooks import rejections

    return rejections.counted()


if __name__ == "__main__":
    main()
