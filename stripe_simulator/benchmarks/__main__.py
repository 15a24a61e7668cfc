"""`python -m stripe_simulator.benchmarks`: what customers and invoices cost, also after 200,000 objects."""

import argparse
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

_HEADERS = {"Authorization": "Bearer sk_test_benchmark"}
_SAMPLE, _LISTED, _PAGE = 1_000, 10_000, 100
_INVOICES, _LINES = 300, 10


def main(arguments: list[str] | None = None) -> None:
    """Start a simulator as a process of its own, measure it, and write a line per figure."""
    options = _parser().parse_args(arguments)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "stripe_simulator", "--port", str(port), *options.option]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=_HEADERS, trust_env=False, timeout=60
        ) as http:
            _wait(http)
            _measure(http, process.pid, options.objects)
    finally:
        process.terminate()
        process.wait(60)


def _measure(http: httpx.Client, pid: int, objects: int) -> None:
    _create(http, 200)  # the first calls compile the SDK's types
    created = 200 + _sample(http, pid, 1_000)
    _report(_invoices(http, pid))
    created += _fill(http, created, _LISTED)
    _report(f"{_LISTED:,} customers listed in pages of {_PAGE}: {_list(http):.2f} s")
    for level in (objects // 4, objects):
        created += _fill(http, created, level - _SAMPLE)
        created += _sample(http, pid, 2 * level)


def _sample(http: httpx.Client, pid: int, level: int) -> int:
    """Create more customers at this number of objects, and write what each cost.

    Each customer has an event.
    """
    before = _processor_seconds(pid)
    seconds = _create(http, _SAMPLE)
    used = _processor_seconds(pid) - before
    cost = f", {used / _SAMPLE * 1000:.2f} ms of the processor each" if used else ""
    _report(f"customers created at {level:,} objects: {_SAMPLE / seconds:,.0f} per second{cost}")
    return _SAMPLE


def _invoices(http: httpx.Client, pid: int) -> str:
    """Create and finalize invoices, each attempted without a payment method; return what each cost."""
    customer = _post(http, "customers", {"name": "Invoiced"})
    lines = {f"lines[{line}][amount]": "3750" for line in range(_LINES)}
    before = _processor_seconds(pid)
    for _ in range(_INVOICES):
        invoice = _post(http, "invoices", {"customer": customer, "pending_invoice_items_behavior": "exclude"})
        _post(http, f"invoices/{invoice}/add_lines", lines)
        _post(http, f"invoices/{invoice}/finalize", {"auto_advance": "true"})
    used = _processor_seconds(pid) - before
    return f"invoices of {_LINES} lines: {used / _INVOICES * 1000:.1f} ms of the processor each"


def _post(http: httpx.Client, path: str, data: dict[str, str]) -> str:
    id: str = http.post(f"/v1/{path}", data=data).raise_for_status().json()["id"]
    return id


def _processor_seconds(pid: int) -> float:
    """Return the processor time that the simulator has used; 0 where /proc is missing.

    Unlike the wall clock, it does not depend on other work on the machine.
    """
    file = Path(f"/proc/{pid}/stat")
    if not file.exists():
        return 0.0
    fields = file.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _fill(http: httpx.Client, created: int, level: int) -> int:
    missing = max(0, level - created)
    _create(http, missing)
    return missing


def _create(http: httpx.Client, count: int) -> float:
    """Create customers, one request after the other, and return the seconds it took."""
    start = time.perf_counter()
    for number in range(count):
        response = http.post(
            "/v1/customers", data={"name": f"Customer {number}", "metadata[number]": str(number)}
        )
        response.raise_for_status()
    return time.perf_counter() - start


def _list(http: httpx.Client) -> float:
    after: dict[str, str] = {}
    start, seen = time.perf_counter(), 0
    while seen < _LISTED:
        page = http.get("/v1/customers", params={"limit": _PAGE, **after}).raise_for_status().json()
        seen += len(page["data"])
        after = {"starting_after": page["data"][-1]["id"]}
    return time.perf_counter() - start


def _wait(http: httpx.Client) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            http.get("/_simulator/health").raise_for_status()
            return
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _report(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stripe_simulator.benchmarks", description=__doc__)
    parser.add_argument(
        "--objects", type=int, default=100_000, help="number of customers at the end; each has an event"
    )
    parser.add_argument("option", nargs="*", help="options of the simulator, after --, such as --lax")
    return parser


if __name__ == "__main__":
    main()
