"""Events for programs that poll: in order, each once, whatever is published meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from billing.errors import Invalid
from integrations.models import WebhookEvent, WebhookFeed
from integrations.outbound_webhooks import objects
from integrations.outbound_webhooks.event_types import of_kind

MOST = 1000
BEYOND = "No event is there yet: the newest is {}. After a backup was restored, begin anew: send 0."


@dataclass(frozen=True)
class Page:
    """``next``: the cursor of the next page."""

    items: list[WebhookEvent]
    next: str
    has_more: bool


def after(environment_id: str, position: int, *, types: Sequence[str], limit: int) -> Page:
    """The events behind the position.

    ``types``: only these, such as "invoice.paid" or "invoice.*", [] for all.

    Positions are given and committed one after another, so that none can appear behind one that was seen.
    Raises Invalid for a position that none has yet: since a backup was restored they are given anew, and what
    gets them would be missed.
    """
    # Read first: what is published from now on stands behind it.
    feed = WebhookFeed.objects.filter(pk=1).first()
    end = feed.position if feed else 0
    if position > end:
        raise Invalid.of({"after": BEYOND.format(end)})
    found = WebhookEvent.objects.filter(environment_id=environment_id, position__gt=position)
    found = found.filter(position__lte=end)
    if types:
        found = found.filter(of_types(types))
    rows = list(found.order_by("position")[: limit + 1])
    items, has_more = objects.fill(rows[:limit]), len(rows) > limit
    last = items[-1].position if has_more else end
    return Page(items, str(last), has_more)


def of_types(types: Sequence[str]) -> Q:
    """Which events are of one of the types, or of a kind ("invoice.*")."""
    kinds = [one.removesuffix(".*") for one in types if one.endswith(".*")]
    return Q(type__in=[*types, *(name for kind in kinds for name in of_kind(kind))])
