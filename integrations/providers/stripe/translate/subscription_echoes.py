"""What the echo of our own call tells: only what Stripe decides, because all else was said here, and maybe changed since."""

from dataclasses import replace

from billing.facts import SubscriptionFacts, SubscriptionItemFacts

# Decided here: what Stripe says of payments does not undo them.
_OURS = ("paused", "cancelled", "draft")


def followed(ours: SubscriptionFacts, theirs: SubscriptionFacts) -> SubscriptionFacts:
    """``ours`` with Stripe's periods, beginnings and, unless it was paused or ended here, its status."""
    known = {item.price_id: item for item in theirs.items}
    keeps_status = ours.status in _OURS or theirs.status in _OURS
    return replace(
        ours,
        items=tuple(_followed(item, known.get(item.price_id)) for item in ours.items),
        status=ours.status if keeps_status else theirs.status,
        start_at=ours.start_at or theirs.start_at,
        billing_anchor=theirs.billing_anchor,
        trial_start=ours.trial_start or theirs.trial_start,
    )


def _followed(ours: SubscriptionItemFacts, theirs: SubscriptionItemFacts | None) -> SubscriptionItemFacts:
    if theirs is None:
        return ours
    return replace(
        ours,
        current_period_start=theirs.current_period_start,
        current_period_end=theirs.current_period_end,
    )
