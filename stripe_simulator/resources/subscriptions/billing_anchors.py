"""The date that billing periods are counted from.

Source: Stripe docs, "Set the subscription billing cycle date".
"""

import calendar
from datetime import UTC, datetime
from typing import Any

from ...errors import InvalidRequest
from ...state.account import Account

_ANCHOR, _CONFIG = "billing_cycle_anchor", "billing_cycle_anchor_config"
_MONTHS_AHEAD = 13


def anchor_of(account: Account, params: dict[str, Any], trial_end: int | None) -> int:
    """Return the end of the trial, the requested date, or now."""
    if _ANCHOR in params and _CONFIG in params:
        raise InvalidRequest(
            f"You may only specify one of these parameters: {_ANCHOR}, {_CONFIG}.",
            code="parameters_exclusive",
            param=_ANCHOR,
        )
    if _ANCHOR in params and params[_ANCHOR] <= account.now:
        raise InvalidRequest(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", param=_ANCHOR
        )
    if trial_end:
        return trial_end
    if _CONFIG in params:
        return _next(account.now, params[_CONFIG])
    return int(params.get(_ANCHOR, account.now))


def _next(now: int, config: dict[str, Any]) -> int:
    """Return the next matching moment; hour, minute and second are now's unless given (assumed)."""
    start = datetime.fromtimestamp(now, UTC)
    time = {name: config.get(name, getattr(start, name)) for name in ("hour", "minute", "second")}
    for ahead in range(_MONTHS_AHEAD):
        year, month = divmod(start.year * 12 + start.month - 1 + ahead, 12)
        if config.get("month", month + 1) != month + 1:
            continue
        day = min(config["day_of_month"], calendar.monthrange(year, month + 1)[1])
        moment = int(datetime(year, month + 1, day, tzinfo=UTC, **time).timestamp())
        if moment > now:
            return moment
    raise InvalidRequest("No date fits this configuration.", param=_CONFIG)


def check_reach(anchor: int, now: int, natural_end: int) -> None:
    """Refuse a first period that is longer than an interval. Source: the same page."""
    if now < anchor and anchor > natural_end:
        raise InvalidRequest(
            f"{_ANCHOR} cannot be later than next natural billing date ({natural_end}) for plan",
            param=_ANCHOR,
        )
