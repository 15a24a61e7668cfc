"""A new subscription, with every attribute of the pinned API version."""

from typing import Any

from ...metadata import merged
from ...state.account import Account, Object
from ..catalog.tax_rates import usable_rates
from ..payment_methods.defaults import check_default_method
from .billing_anchors import anchor_of
from .terms import check_terms, trial_end_of


def new_subscription(account: Account, customer: Object, params: dict[str, Any]) -> Object:
    """Return a subscription that is not yet stored, without items."""
    check_terms(account, params)
    check_default_method(account, customer["id"], params.get("default_payment_method"))
    trial_end = trial_end_of(account, params, _price_trial_days(account, params))
    method = params.get("collection_method", "charge_automatically")
    rates = usable_rates(account, params.get("default_tax_rates"), "default_tax_rates")
    return _unset() | {
        "id": account.new_id("sub"),
        "object": "subscription",
        "billing_cycle_anchor": anchor_of(account, params, trial_end),
        "billing_cycle_anchor_config": _anchor_config(params),
        "billing_mode": billing_mode(params.get("billing_mode")),
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": method,
        "created": account.now,
        "currency": params.get("currency", "").lower() or None,
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
        "trial_settings": trial_settings(params.get("trial_settings")),
        "trial_start": account.now if trial_end else None,
        "pending_invoice_item_interval": interval_of(params.get("pending_invoice_item_interval")),
        "payment_settings": payment_settings(params.get("payment_settings")),
        "_stub_is_free": params.get("proration_behavior") == "none",
    }


def trial_settings(given: dict[str, Any] | None) -> Object:
    """Return the settings for a trial that ends without a payment method."""
    defaults = {"billing_cycle_anchor": "now", "missing_payment_method": "create_invoice"}
    return {"end_behavior": defaults | ((given or {}).get("end_behavior") or {})}


def payment_settings(given: dict[str, Any] | None, known: Object | None = None) -> Object:
    """Return the settings that save the first payment's method for later ones."""
    names = ("payment_method_options", "payment_method_types", "save_default_payment_method")
    defaults = known or dict.fromkeys(names) | {"save_default_payment_method": "off"}
    return defaults | {name: given[name] for name in names if given and name in given}


def interval_of(given: dict[str, Any] | None) -> Object | None:
    """Return an interval as the API shows it."""
    return given and {"interval": given["interval"], "interval_count": given.get("interval_count", 1)}


def billing_mode(given: dict[str, Any] | None) -> Object:
    """Return the billing mode, which is only shown: without prorations both modes are the same here."""
    mode = (given or {}).get("type", "flexible")
    flexible = {"proration_discounts": "included"} | ((given or {}).get("flexible") or {})
    return {"flexible": flexible if mode == "flexible" else None, "type": mode}


def _anchor_config(params: dict[str, Any]) -> Object | None:
    given = params.get("billing_cycle_anchor_config")
    return given and {name: given.get(name) for name in ("day_of_month", "hour", "minute", "month", "second")}


def _price_trial_days(account: Account, params: dict[str, Any]) -> int | None:
    """Return the longest trial that a price offers.

    Source: API reference, "Price", recurring.trial_period_days.
    """
    prices = [account.find("price", item.get("price")) for item in params.get("items", [])]
    offered = [((price or {}).get("recurring") or {}).get("trial_period_days") for price in prices]
    return max((days for days in offered if days), default=None)


def _unset() -> Object:
    null = ("application", "application_fee_percent", "billing_thresholds", "cancel_at",
            "canceled_at", "default_source", "ended_at", "latest_invoice", "next_pending_invoice_item_invoice",
            "on_behalf_of", "pause_collection", "pending_setup_intent",
            "pending_update", "schedule", "status_details", "transfer_data")  # fmt: skip
    return dict.fromkeys(null) | {
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "livemode": False,
        "_items": [],
        "_once_discounts": [],
    }
