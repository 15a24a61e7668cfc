"""A new subscription, with every attribute of the pinned API version."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..metadata import merged

_DAY = 86400


def new_subscription(account: Account, customer: Object, params: dict[str, Any]) -> Object:
    """A subscription that is not yet kept, without items."""
    trial_end = _trial_end(account, params)
    method = params.get("collection_method", "charge_automatically")
    if method == "send_invoice" and params.get("days_until_due") is None:
        raise InvalidRequest(
            "If collection_method is set to send_invoice, then days_until_due must be set.",
            code="parameter_missing",
            param="days_until_due",
        )
    rates = [account.get("tax_rate", id, "default_tax_rates") for id in params.get("default_tax_rates") or []]
    anchor = trial_end or params.get("billing_cycle_anchor") or account.now
    return _unset() | {
        "id": account.new_id("sub"),
        "object": "subscription",
        "billing_cycle_anchor": anchor,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": method,
        "created": account.now,
        "currency": params.get("currency", "usd"),
        "customer": customer["id"],
        "days_until_due": params.get("days_until_due"),
        "default_payment_method": params.get("default_payment_method"),
        "default_tax_rates": [account.render(rate) for rate in rates],
        "description": params.get("description"),
        "metadata": merged({}, params.get("metadata") or {}),
        "test_clock": customer["test_clock"],
        "start_date": params.get("backdate_start_date", account.now),
        "status": "trialing" if trial_end else "active",
        "trial_end": trial_end,
        "trial_settings": params.get("trial_settings")
        or {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": account.now if trial_end else None,
    }


def _trial_end(account: Account, params: dict[str, Any]) -> int | None:
    if params.get("trial_end") == "now":
        return None
    if params.get("trial_end"):
        return int(params["trial_end"])
    days = params.get("trial_period_days")
    return account.now + days * _DAY if days else None


def _unset() -> Object:
    null = ("application", "application_fee_percent", "billing_cycle_anchor_config", "billing_thresholds", "cancel_at",
            "canceled_at", "default_source", "ended_at", "latest_invoice", "next_pending_invoice_item_invoice",
            "on_behalf_of", "pause_collection", "pending_invoice_item_interval", "pending_setup_intent",
            "pending_update", "schedule", "status_details", "transfer_data")  # fmt: skip
    return dict.fromkeys(null) | {
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "livemode": False,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "_items": [],
    }
