"""The command line."""

import json
import signal
import time

import httpx
from stripe import StripeClient

from stripe_simulator.__main__ import _parser

from . import factories
from .process import running


class TestTheCommand:
    def test_serves_until_interrupted(self):
        with running("--fault", "customers.list=429") as (process, base):
            assert httpx.get(f"{base}/_simulator/health").json()["status"] == "ok"
            statuses = [
                httpx.get(f"{base}/v1/customers", auth=("sk_test_a", "")).status_code for _ in range(2)
            ]
            assert statuses == [429, 200]
            process.terminate()
            assert process.wait(10) in (0, -signal.SIGTERM)

    def test_listens_on_this_machine_only_by_default(self):
        assert _parser().parse_args([]).host == "127.0.0.1"

    def test_keeps_everything_when_killed(self, tmp_path):
        file = tmp_path / "state.json"
        with running("--state", str(file)) as (process, base):
            client = StripeClient("sk_test_kept", base_addresses={"api": base})
            session = factories.session(client)
            httpx.post(f"{base}/_simulator/clock/advance", json={"seconds": 3600})
            httpx.post(f"{base}/pay/{session.id}", data={"number": "4242424242424242"})
            before = [event.to_dict() for event in client.v1.events.list({"limit": 100})]
            _wait_until_saved(file, len(before))
            process.kill()
            process.wait(10)
        with running("--state", str(file)) as (_, base):
            client = StripeClient("sk_test_kept", base_addresses={"api": base})
            assert [event.to_dict() for event in client.v1.events.list({"limit": 100})] == before
            assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
            assert factories.customer(client).created >= session.created + 3600


def _wait_until_saved(file, events):
    """Wait until the state, written twice a second, is in the file."""
    deadline = time.monotonic() + 10
    while not file.exists() or _saved_events(file) < events:
        assert time.monotonic() < deadline, "the state was not saved"
        time.sleep(0.05)


def _saved_events(file):
    return sum(
        object["object"] == "event"
        for account in json.loads(file.read_text())["accounts"]
        for object in account["objects"]
    )
