"""The terms of a subscription: how its invoices are collected, and when it ends."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from billing.errors import Invalid
from billing.facts import SubscriptionFacts
from billing.metadata_changes import applied
from billing.models.collection import CollectionMethod
from billing.models.subscriptions import SubscriptionStatus

# A century: what is due later is not meant so, and its date may be beyond all that can be held.
MOST_DAYS = 36_500


def check_terms(facts: SubscriptionFacts) -> None:
    """Raises Invalid for terms that contradict each other."""
    if facts.status == SubscriptionStatus.CANCELLED and facts.cancelled_at is None:
        raise Invalid.of({"cancelled_at": "A cancelled subscription needs the time when it was cancelled."})
    is_sent = facts.collection_method == CollectionMethod.SEND_INVOICE
    if is_sent and facts.days_until_due is None:
        raise Invalid.of({"days_until_due": "Send it: with send_invoice each invoice needs a due date."})
    if not is_sent and facts.days_until_due is not None:
        raise Invalid.of({"days_until_due": "Send it only with collection_method send_invoice."})
    if not 0 <= (facts.days_until_due or 0) <= MOST_DAYS:
        raise Invalid.of({"days_until_due": f"Send 0 to {MOST_DAYS:,} days."})


def changed(known: SubscriptionFacts, changes: Mapping[str, Any]) -> SubscriptionFacts:
    """``known`` with ``changes``, and with what a caller who sends only those means by them."""
    wanted = replace(known, **applied(changes, known))
    if wanted.collection_method != known.collection_method and "days_until_due" not in changes:
        wanted = replace(wanted, days_until_due=None)
    return replace(wanted, **_end(known, wanted, is_named="cancel_at_period_end" in changes))


def new(facts: SubscriptionFacts) -> SubscriptionFacts:
    """``facts`` of a subscription that a caller creates: the end of the period comes with its time."""
    if not facts.cancel_at_period_end:
        return facts
    return replace(facts, cancel_at=last_end(facts) or facts.cancel_at)


def last_end(facts: SubscriptionFacts) -> datetime | None:
    """When the last of the periods that are under way ends; None where no period is known."""
    return max((item.current_period_end for item in facts.items if item.current_period_end), default=None)


def _end(known: SubscriptionFacts, wanted: SubscriptionFacts, *, is_named: bool) -> dict[str, Any]:
    """``cancel_at_period_end`` and ``cancel_at``, one fact: the former comes with the time that it means.

    ``is_named``: whether the caller sent the former.
    """
    was, is_now = known.cancel_at_period_end, wanted.cancel_at_period_end
    is_moved = wanted.cancel_at != known.cancel_at
    if was and not is_now and not is_moved:
        return {"cancel_at": None}
    if was and is_moved and not is_named:
        return {"cancel_at_period_end": False}
    if is_now and (is_moved or not was):
        return {"cancel_at": last_end(wanted) or wanted.cancel_at}
    return {}
