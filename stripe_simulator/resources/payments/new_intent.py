"""A new PaymentIntent, with every attribute of the pinned API version."""

from typing import Any

from ...metadata import merged
from ...state.account import Account, Object
from ..payment_methods.allowed_types import accept_types
from ..test_clocks import clock_of
from .payment_details import payment_details

PLAIN = (
    "application_fee_amount", "description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_group",
)  # fmt: skip


def new_intent(account: Account, params: dict[str, Any]) -> Object:
    """Add an intent that has no payment method yet, or waits to be confirmed with one."""
    id = account.new_id("pi")
    intent = {
        "id": id,
        "object": "payment_intent",
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "automatic_payment_methods": _automatic(params),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{id}_secret_{account.new_id('', 25)[1:]}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": account.now,
        "currency": params["currency"].lower(),
        "customer": params.get("customer"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": merged({}, params.get("metadata", {})),
        "next_action": None,
        "on_behalf_of": None,
        "payment_details": payment_details(params),
        "payment_method": params.get("payment_method"),
        "payment_method_configuration_details": None,
        "payment_method_options": shown_options(params),
        "payment_method_types": ["card"],
        "processing": None,
        "review": None,
        "source": None,
        "status": "requires_confirmation" if params.get("payment_method") else "requires_payment_method",
        "transfer_data": None,
    } | {name: params.get(name) for name in PLAIN}
    intent["_clock"] = clock_of(account, params.get("customer"))
    accept_types(intent, params)
    intent = account.add(intent)
    account.emit("payment_intent.created", intent)
    return intent


def _automatic(params: dict[str, Any]) -> Object | None:
    """Return that methods are chosen automatically; None (given explicitly) for an invoice's payment."""
    given = params.get("automatic_payment_methods", {})
    return None if given is None else {"allow_redirects": "always", "enabled": True} | given


def shown_options(params: dict[str, Any]) -> Object:
    """Return the `payment_method_options` of cards as given; those of other types are not stored."""
    given = (params.get("payment_method_options") or {}).get("card")
    if not given:
        return {}
    names = ("capture_method", "request_three_d_secure", "setup_future_usage")
    shown = {name: given[name] for name in names if given.get(name) is not None}
    blank = {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
    }
    return {"card": blank | shown}
