"""Columns and their values, before and after, in plain words."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

# Columns whose own names say less than these.
_NAMES = {
    "connection_id": "who collects it",
    "customer_id": "customer",
    "invoice_id": "invoice",
    "subscription_id": "subscription",
    "plan_id": "plan",
    "payment_id": "payment",
    "credit_note_id": "credit note",
    "amount_remaining": "amount still to be paid",
    "gateway": "provider",
    "gateway_payment_id": "the provider's payment",
    "gateway_refund_id": "the provider's refund",
    "gateway_dispute_id": "the provider's dispute",
    "gateway_credit_note_id": "the provider's credit note",
    "gateway_session_id": "the provider's checkout session",
    "gateway_method_id": "the provider's payment method",
    "asked_at": "time of asking for the money",
    "is_external": "made at the provider",
}
NOTHING, LONGEST = "nothing", 300
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_WORD = re.compile(r"[a-z]+(_[a-z]+)+")

# What a connection is called, by its id.
Called = Callable[[str], str]


def lines(changes: Mapping[str, Any], connection: Called) -> tuple[str, ...]:
    """One for each column: "name: from Ada to Grace", of something new only what it is."""
    return tuple(_line(column, before, after, connection) for column, (before, after) in changes.items())


def name_of(column: str) -> str:
    """A column as people call it."""
    return _NAMES.get(column, column.replace("_", " "))


def value_of(value: Any) -> str:
    """A value as people write it: times with their zone, states without underscores."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _TIME.fullmatch(text):
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"
    text = text.replace("_", " ") if _WORD.fullmatch(text) else text
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _line(column: str, before: Any, after: Any, connection: Called) -> str:
    name = name_of(column)
    if column == "connection_id":
        before, after = (connection(one) if one else one for one in (before, after))
    if isinstance(before, list) or isinstance(after, list):
        return f"{name}: {_change(_parts(before), _parts(after))}"
    if isinstance(before, dict) or isinstance(after, dict):
        return f"{name}: {_keys(before or {}, after or {}, connection)}"
    return f"{name}: {_change(before, after)}"


def _change(before: Any, after: Any) -> str:
    if before is None or before == "":
        return value_of(after)
    return f"from {value_of(before)} to {value_of(after)}"


def _keys(before: Mapping[str, Any], after: Mapping[str, Any], connection: Called) -> str:
    keys = [key for key in dict.fromkeys([*after, *before]) if before.get(key) != after.get(key)]
    return "; ".join(
        f"{connection(key) if key.startswith('conn_') else key} "
        f"{_change(_inner(before.get(key)), _inner(after.get(key)))}"
        for key in keys
    )


def _inner(value: Any) -> Any:
    """What is kept for a connection: the default method, or balances by currency."""
    if not isinstance(value, dict):
        return value
    return value.get("method") or ", ".join(f"{amount} {currency}" for currency, amount in value.items())


def _parts(parts: Any) -> str:
    """ "2 x Seats 12.50, Storage 20.00"."""
    return ", ".join(_part(part) if isinstance(part, dict) else str(part) for part in parts or [])


def _part(part: Mapping[str, Any]) -> str:
    count = f"{part['quantity']} x" if "quantity" in part else ""
    called = part.get("description") or part.get("price_id") or part.get("value", "")
    return " ".join(filter(None, [count, called, part.get("amount", "")]))
