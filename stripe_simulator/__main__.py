"""The command line: `python -m stripe_simulator --port 12111`."""

import argparse
import gc
import sys
from pathlib import Path

from .server import create_server
from .simulator import Settings

_EPILOG = """\
Point the official SDK at it, with any key sk_test_<account>:
  StripeClient("sk_test_demo", base_addresses={"api": "http://127.0.0.1:12111"})
A browser shows objects, events, deliveries and faults at the same address.
"""


def main(arguments: list[str] | None = None) -> None:
    """Run the simulator until interrupted."""
    options = _parser().parse_args(arguments)
    base_url = options.public_url or f"http://{options.host}:{options.port}"
    settings = Settings(
        base_url=base_url.rstrip("/"),
        strict=not options.lax,
        retry_scale=options.retry_scale,
        seed=options.seed,
        rate_limit=options.rate_limit,
        search_lag=options.search_lag,
        state_file=options.state,
        faults=tuple(options.fault),
    )
    sys.stderr.write(f"Stripe simulator (no real money) on {settings.base_url}\n")
    gc.callbacks.append(_keep)
    create_server(settings, options.host, options.port).run()


def _keep(phase: str, info: dict[str, int]) -> None:
    """Freeze what has survived a full garbage collection: Stripe's objects.

    Another full pass over them would delay every response.
    """
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m stripe_simulator",
        description="A local Stripe that keeps state, sends webhooks and moves no money.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=12111, help="port to listen on (12111)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)"
    )
    parser.add_argument("--public-url", help="URL of the pages, if it differs from the address listened on")
    parser.add_argument(
        "--retry-scale", type=float, default=1.0, help="0.001 makes a webhook retry of 5 minutes 0.3 s"
    )
    parser.add_argument(
        "--seed", type=int, help="the same seed gives the same ids and the same random faults"
    )
    parser.add_argument(
        "--rate-limit", type=int, default=0, help="requests per second and account; Stripe has 25"
    )
    parser.add_argument(
        "--search-lag", type=int, default=0, help="seconds until new objects are found by search"
    )
    parser.add_argument("--state", type=Path, help="file that stores the objects between runs")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        help="inject a fault, such as invoices.add_lines=500_after@2 (the second call)",
    )
    parser.add_argument("--lax", action="store_true", help="do not check responses against the SDK's types")
    return parser


if __name__ == "__main__":
    main()
