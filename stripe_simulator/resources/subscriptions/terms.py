"""The terms that a new subscription may have. Source: Stripe API reference, "Create a subscription"."""

from typing import Any

from ...errors import InvalidRequest
from ...state.account import Account, Object

_DAY = 86400
_LONGEST_TRIAL_DAYS = 730
_MOST_ITEMS = 20


def check_terms(account: Account, params: dict[str, Any]) -> None:
    """Refuse invalid terms before anything is created."""
    if params.get("payment_behavior") == "pending_if_incomplete":
        raise InvalidRequest(
            "Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.",
            param="payment_behavior",
        )
    check_collection(params)
    check_end(account, params)
    for name in ("items", "add_invoice_items"):
        if len(params.get(name, [])) > _MOST_ITEMS:
            raise InvalidRequest(f"You may only specify up to {_MOST_ITEMS} {name}.", param=name)
    if params.get("backdate_start_date", 0) > account.now:
        raise InvalidRequest("backdate_start_date must be in the past.", param="backdate_start_date")


def check_collection(params: dict[str, Any], known: Object | None = None) -> None:
    """Refuse days until an invoice is due where it is charged; require them where it is sent."""
    if known is not None and known["collection_method"] == "send_invoice":
        params = {"collection_method": "send_invoice"} | params
        if params["collection_method"] == "send_invoice":
            params = {"days_until_due": known["days_until_due"]} | params
    sent = params.get("collection_method") == "send_invoice"
    if sent and params.get("days_until_due") is None:
        raise InvalidRequest(
            "If collection_method is set to send_invoice, then days_until_due must be set.",
            code="parameter_missing",
            param="days_until_due",
        )
    if not sent and params.get("days_until_due") is not None:
        raise InvalidRequest(
            "You can only specify 'days_until_due' if the collection method is 'send_invoice'.",
            param="days_until_due",
        )


def check_end(account: Account, params: dict[str, Any]) -> None:
    """Refuse an end that is in the past, or given in two ways."""
    if params.get("cancel_at") and params.get("cancel_at_period_end"):
        raise InvalidRequest(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            code="parameters_exclusive",
            param="cancel_at",
        )
    if isinstance(params.get("cancel_at"), int) and params["cancel_at"] <= account.now:
        raise InvalidRequest(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", param="cancel_at"
        )


def trial_end_of(account: Account, params: dict[str, Any], price_days: int | None) -> int | None:
    """Return when the trial ends: as given, after some days, or after the days that a price offers."""
    end, days = params.get("trial_end"), params.get("trial_period_days")
    if params.get("trial_from_plan"):
        if end is not None:
            raise InvalidRequest("trial_from_plan cannot be used with trial_end.", param="trial_from_plan")
        days = days or price_days
    if end == "now":
        return None
    if end is not None:
        return checked_trial_end(account, int(end))
    _check_trial_days(days)
    return account.now + days * _DAY if days else None


def _check_trial_days(days: int | None) -> None:
    if days is not None and not 1 <= days <= _LONGEST_TRIAL_DAYS:
        raise InvalidRequest(
            f"A trial lasts from 1 to {_LONGEST_TRIAL_DAYS} days.",
            code="parameter_invalid_integer",
            param="trial_period_days",
        )


def checked_trial_end(account: Account, end: int) -> int:
    """Return the end of a trial, which must be in the next two years."""
    if not account.now < end <= account.now + _LONGEST_TRIAL_DAYS * _DAY + _DAY:
        raise InvalidRequest(
            "Invalid timestamp: must be an integer Unix timestamp in the future, at most two years away.",
            param="trial_end",
        )
    return end
