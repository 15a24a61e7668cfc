"""The simulator inside a test: a real HTTP server in a thread, and its control API as Python."""

import socket
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from .server import create_server
from .simulator import Settings, Simulator

_PATIENCE_SECONDS = 10.0


class SimulatorServer:
    """A simulator on a free port of this machine: `with SimulatorServer() as server:` runs it."""

    def __init__(
        self,
        *,
        retry_scale: float = 1.0,
        seed: int | None = None,
        strict: bool = True,
        state_file: Path | None = None,
    ) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        settings = Settings(
            self.base_url, strict=strict, retry_scale=retry_scale, seed=seed, state_file=state_file
        )
        self._server = create_server(settings, "127.0.0.1", 0)
        self.simulator: Simulator = self._server.config.app.state.simulator  # type: ignore[union-attr]
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), daemon=True)
        # The server closes what has been idle for five seconds, maybe just when it is used again.
        limits = httpx.Limits(keepalive_expiry=1.0)
        self._http = httpx.Client(base_url=self.base_url, timeout=30.0, trust_env=False, limits=limits)
        self.faults = FaultControl(self)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("the simulator did not start")
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()
        self._server.should_exit = True
        self._thread.join(_PATIENCE_SECONDS)

    def control(
        self, method: str, path: str, body: dict[str, Any] | None = None, query: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a call to the control API and return the body; raise httpx.HTTPStatusError if refused."""
        response = self._http.request(method, f"/_simulator/{path}", json=body, params=query)
        response.raise_for_status()
        decoded: dict[str, Any] = response.json()
        return decoded

    def requests(self, operation: str | None = None, account: str | None = None) -> list[dict[str, Any]]:
        """Return the API requests so far, oldest first."""
        filters = {"operation": operation, "account": account}
        query = {name: value for name, value in filters.items() if value is not None}
        return list(self.control("GET", "requests", query=query)["requests"])

    def reset(self) -> None:
        """Delete all state: objects, keys, faults, logs."""
        self.control("POST", "reset")

    def forget(self, id: str) -> None:
        """Remove an object without an event."""
        self.control("POST", "objects/forget", {"id": id})

    def revoke_key(self, key: str) -> None:
        """Revoke a key: requests with it get a 401."""
        self.control("POST", "keys/revoke", {"key": key})

    def restrict_key(self, key: str, *permissions: str) -> None:
        """Give a restricted key exactly these permissions, such as `customer_read`."""
        self.control("POST", "keys/restrict", {"key": key, "permissions": list(permissions)})

    def advance_clock(self, seconds: float) -> None:
        """Advance the clock."""
        self.control("POST", "clock/advance", {"seconds": seconds})

    def limits(self, **limits: int) -> None:
        """Set requests_per_second (0: no limit) and search_lag (seconds)."""
        self.control("POST", "limits", dict(limits))

    def settings(self, **settings: Any) -> dict[str, Any]:
        """Change settings of `state.behavior.Behavior`, and return all of them."""
        return self.control("POST", "settings", settings)

    def deliveries(self, state: str | None = None) -> list[dict[str, Any]]:
        """Return the webhook deliveries: pending, delivered, failed or dropped."""
        query = {"state": state} if state else {}
        return list(self.control("GET", "deliveries", query=query)["deliveries"])

    def roll_secret(self, endpoint_id: str, overlap: int = 86400) -> str:
        """Return an endpoint's new signing secret; for `overlap` seconds deliveries carry both signatures."""
        body = {"endpoint": endpoint_id, "overlap": overlap}
        return str(self.control("POST", "webhook_endpoints/roll", body)["secret"])

    def flush_deliveries(self) -> int:
        """Attempt every pending delivery now, and return the number of attempts."""
        return int(self.control("POST", "deliveries/flush")["attempted"])

    def delivery_settings(self, **settings: float) -> None:
        """Set duplicate, reorder, delay, drop or retry_scale: see `webhooks.queue.DeliverySettings`."""
        self.control("POST", "deliveries/settings", dict(settings))

    def pay_checkout_session(
        self, session_id: str, card: str = "4242424242424242", **fields: str
    ) -> httpx.Response:
        """Submit the checkout page: 303 when paid (or when `location` is a challenge), 402 when declined."""
        return self._http.post(
            f"/pay/{session_id}", data={"number": card, "email": "payer@example.com", **fields}
        )

    def pay_invoice(self, invoice_id: str, card: str = "4242424242424242") -> httpx.Response:
        """Submit the hosted invoice page."""
        return self._http.post(f"/i/{invoice_id}", data={"number": card, "email": "payer@example.com"})

    def answer_challenge(self, intent_id: str, passed: bool = True) -> httpx.Response:
        """Press a button on the 3-D Secure page."""
        return self._http.post(f"/3d_secure/{intent_id}", data={"choice": "complete" if passed else "fail"})


class FaultControl:
    """Faults on demand."""

    def __init__(self, server: SimulatorServer) -> None:
        self._server = server

    def add(
        self,
        operation: str,
        effect: str,
        *,
        nth: int = 1,
        times: int = 1,
        seconds: float = 1.0,
        account: str | None = None,
        chance: float = 1.0,
    ) -> None:
        """Add a rule: from the nth call on, `times` times (-1: always), with this chance.

        `stripe_simulator.requests.faults` lists the effects.
        """
        body: dict[str, Any] = {
            "operation": operation,
            "effect": effect,
            "nth": nth,
            "times": times,
            "seconds": seconds,
        }
        body["chance"] = chance
        self._server.control("POST", "faults", body | ({"account": account} if account else {}))

    def all(self) -> list[dict[str, Any]]:
        """Return the active rules, each with how many calls it has seen and failed."""
        return list(self._server.control("GET", "faults")["faults"])

    def clear(self) -> None:
        """Remove all rules."""
        self._server.control("DELETE", "faults")
