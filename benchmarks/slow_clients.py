"""`python -m devstack --home test -- python -m benchmarks.slow_clients`: bodies that never end.

To each process go 16 requests of whose bodies nearly all is missing, again whenever one is ended; beside them
10 webhooks, and 10 calls of the API, a second. `--straight` leaves the proxy out, `--bodies 200` sends more.
"""

import asyncio
import tempfile
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path

from benchmarks.events import events
from benchmarks.pace import NAME, Answers, Connect, request, steadily, straight, through
from benchmarks.proxied import PORTS, proxied, shop
from benchmarks.starving import show
from devstack.nginx import Proxy

# A second, and seconds: after which an answer counts as lost, and by which the attackers are there first.
RATE, TIMEOUT, HEAD_START = 10, 10.0, 2.0
ATTACKER = "127.0.0.66"
# A form is read of whoever sends it, with a cookie that anybody can make, for the token against forgery.
UNAUTHENTICATED = {"web": "/admin/"}
FORM = {
    "Host": NAME,
    "Content-Length": "1000",
    "Content-Type": "application/x-www-form-urlencoded",
    "Cookie": f"csrftoken={'a' * 32}",
}


def main() -> None:
    """Prints what the others got."""
    options = arguments()
    with tempfile.TemporaryDirectory() as folder, proxied(Path(folder)) as proxy:
        webhook, key = shop()
        show("webhooks", asyncio.run(trial(options, proxy, "webhooks", (webhook, {}))))
        show("api", asyncio.run(trial(options, proxy, "web", ("/v1/customers", key))))


def arguments() -> Namespace:
    """Returns the options of the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--bodies", type=int, default=16, help="unfinished ones at each process")
    parser.add_argument("--straight", action="store_true", help="without the proxy")
    return parser.parse_args()


async def trial(options: Namespace, proxy: Proxy, process: str, asked: tuple[str, dict[str, str]]) -> Answers:
    """Returns what the others get from the process while it is attacked."""
    path, headers = asked
    attackers, others = (
        straight(PORTS[process]) if options.straight else through(proxy, source)
        for source in (ATTACKER, "127.0.0.1")
    )
    unfinished = request(0, "POST", UNAUTHENTICATED.get(process, path), FORM, b"{")
    attack = [asyncio.create_task(hold(attackers, unfinished)) for _ in range(options.bodies)]
    await asyncio.sleep(HEAD_START)
    answers, count = Answers(), options.seconds * RATE
    sent = [request(0, "GET", path, headers | {"Host": NAME})] * count
    if process == "webhooks":
        sent = [request(0, "POST", path, proof | {"Host": NAME}, body) for body, proof in events(count)]
    await steadily(others, sent, answers, rate=RATE, timeout=TIMEOUT)
    for one in attack:
        one.cancel()
    await asyncio.gather(*attack, return_exceptions=True)
    return answers


async def hold(connect: Connect, unfinished: bytes) -> None:
    """Sends the beginning, waits until the other side ends it, and begins again."""
    while True:
        with suppress(OSError):
            reader, writer = await connect()
            writer.write(unfinished)
            await reader.read()
            writer.close()
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()
