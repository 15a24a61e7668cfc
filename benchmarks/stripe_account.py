"""An account at Stripe with very many customers: a few are made through the API, and the rest are copies."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import stripe

KEY = "sk_test_benchmark"
_ID = re.compile(r"\b(?:cus|pm|card|sub|si|in|il|inpay|pi|ch|txn|ii|sis|seti|py)_[A-Za-z0-9]{8,}")
_NUMBER = re.compile(r'"number": "[^"]+"')
# What the account's log would show, and its invoices and their money.
# Seconds between two customers.
APART = 1200
_LOG, _INVOICED = ("event",), ("in", "il", "inpay", "pi", "ch", "txn", "ii")


def write(folder: Path, port: int, *, customers: int, invoiced: int) -> Path:
    """Writes the simulator's state: customers with a subscription each, ``invoiced`` with its invoice."""
    state = folder / "stripe.json"
    with running(port, state) as api:
        _make_template(api)
    saved = json.loads(state.read_text())
    [account] = (one for one in saved["accounts"] if one["label"] == "benchmark")
    _copy(account, customers, invoiced)
    state.write_text(json.dumps(saved))
    return state


@contextmanager
def running(port: int, state: Path) -> Iterator[stripe.StripeClient]:
    """Runs a simulator with that state, which it saves at its end."""
    command = [sys.executable, "-m", "stripe_simulator", "--port", str(port), "--state", str(state)]
    # Ctrl-C is for whoever needs it until the end.
    process, site = subprocess.Popen(command, start_new_session=True), f"http://127.0.0.1:{port}"
    try:
        _wait_for(process, site)
        yield stripe.StripeClient(KEY, base_addresses={"api": site})
    finally:
        process.terminate()
        process.wait()


def _wait_for(simulator: subprocess.Popen[bytes], site: str) -> None:
    """Waits until the simulator has read its state, which takes a while for many objects."""
    while True:
        assert simulator.poll() is None, f"The simulator has ended: is {site} in use?"
        try:
            httpx.get(f"{site}/_simulator/clock", timeout=600)
            return
        except httpx.ConnectError:
            time.sleep(0.1)


def _make_template(api: stripe.StripeClient) -> None:
    """One customer with a card, a subscription and its paid invoice."""
    v1 = api.v1
    product = v1.products.create({"name": "Seats"})
    monthly: Any = {"interval": "month"}
    price = v1.prices.create(
        {"product": product.id, "currency": "usd", "unit_amount": 1990, "recurring": monthly}
    )
    ada = v1.customers.create({"name": "Customer 0", "email": "c0@example.com", "metadata": {"tier": "gold"}})
    card = v1.payment_methods.attach("pm_card_visa", {"customer": ada.id})
    v1.customers.update(ada.id, {"invoice_settings": {"default_payment_method": card.id}})
    v1.subscriptions.create({"customer": ada.id, "items": [{"price": price.id}]})


def _copy(account: dict[str, Any], customers: int, invoiced: int) -> None:
    """Puts copies of the customer and all that belongs to it in place of the template."""
    kinds = {id: kind for kind, ids in account["collections"].items() for id in ids}
    own = [one for one in account["objects"] if kinds.get(one["id"]) not in (*_LOG, "product", "price")]
    kept = [one for one in account["objects"] if kinds.get(one["id"]) in ("product", "price")]
    text, account["objects"], account["agenda"] = json.dumps(own), kept, []
    account["collections"] = {
        kind: [id for id in ids if kind in ("product", "price")]
        for kind, ids in account["collections"].items()
    }
    for number in range(customers):
        for one in json.loads(_numbered(text, number)):
            kind = kinds[one["id"][:-7]]
            if number >= invoiced and one["id"].partition("_")[0] in _INVOICED:
                continue
            if number >= invoiced and kind == "subscription":
                one["latest_invoice"] = None
            if "created" in one:
                one["created"] -= APART * (customers - number)
            account["objects"].append(one)
            account["collections"][kind].append(one["id"])


def _numbered(text: str, number: int) -> str:
    text = _NUMBER.sub(lambda found: f'{found.group()[:-1]}-{number}"', text)
    text = text.replace("Customer 0", f"Customer {number}").replace(
        "c0@example.com", f"c{number}@example.com"
    )
    return _ID.sub(lambda found: f"{found.group()}{number:07d}", text)
