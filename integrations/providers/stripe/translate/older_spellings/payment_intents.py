"""PaymentIntents: names of 2019-02-11, and the latest charge in the place of a list (2022-11-15).

Their `invoice` (until 2025-03-31) has no new spelling: it stays, and says more than the order's reference.
"""

from typing import Any

from integrations.providers.stripe.translate.fields import Json, read_list
from integrations.providers.stripe.translate.older_spellings.charges import charge
from integrations.providers.stripe.translate.older_spellings.renaming import fill, without

_RENAMED = {"allowed_source_types": "payment_method_types", "next_source_action": "next_action"}
_STATUSES = {"requires_source": "requires_payment_method", "requires_source_action": "requires_action"}
_OLD = frozenset((*_RENAMED, "charges"))


def current(intent: Json) -> Json:
    """An intent with the charge that it shows."""
    status = _STATUSES.get(str(intent.get("status")))
    shown = intent.get("latest_charge")
    latest = charge(shown) if isinstance(shown, dict) else shown
    if _OLD.isdisjoint(intent) and not status and latest is shown:
        return intent
    new: dict[str, Any] = without(intent, _OLD) | {"latest_charge": latest or None}
    if status:
        new["status"] = status
    # Newest first (page "List all charges"); the whole charge says more than its id.
    listed = [charge(one) for one in read_list(intent, "charges")]
    same = (one for one in listed if not latest or latest == one.get("id"))
    if not isinstance(latest, dict) and (whole := next(same, None)):
        new["latest_charge"] = whole
    return fill(new, {now: intent.get(before) for before, now in _RENAMED.items()})
