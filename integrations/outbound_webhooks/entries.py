"""Which entries of the audit are not published yet, in whatever order their transactions commit."""

from collections.abc import Sequence

from django.db import connection as database
from django.db.models import Exists, Max, OuterRef

from billing.models import AuditEntry
from integrations.models import WebhookEvent, WebhookFeed
from integrations.outbound_webhooks.event_types import KINDS

_ENDED = "SELECT pg_snapshot_xmin(now)::text, pg_snapshot_xmax(now)::text FROM pg_current_snapshot() now"


def unpublished(feed: WebhookFeed, most: int) -> list[AuditEntry]:
    """The first entries that can be seen and are not published, in the order of their ids.

    Of one object all that come before these are published: its row is locked by whoever changes it until
    the change is committed, so that its entries are seen in the order of their ids.
    """
    published = WebhookEvent.objects.filter(entry_id=OuterRef("pk"))
    found = AuditEntry.objects.filter(~Exists(published), pk__gt=feed.published_to, kind__in=KINDS)
    return list(found.order_by("pk")[:most])


def is_settled(feed: WebhookFeed) -> bool:
    """Whether all transactions that began before the mark was set have ended; ask before ``unpublished``.

    Numbers of transactions begin anew where a backup is restored into another server: nothing from before
    is under way there.
    """
    oldest_running, next_one = _transactions()
    return feed.seen_transaction <= oldest_running or feed.seen_transaction > next_one


def move(feed: WebhookFeed, found: Sequence[AuditEntry], most: int, *, settled: bool) -> None:
    """Notes how far everything is published, once ``found`` is, and sets the next mark (the caller saves).

    An entry has its id before it is committed: whatever is below one that can be seen was begun before, and
    is seen, or will never be, once the transactions of that time have ended.
    """
    if settled:
        end = feed.seen_entry if len(found) < most else min(feed.seen_entry, found[-1].pk)
        feed.published_to = max(feed.published_to, end)
    if feed.published_to >= feed.seen_entry:
        newest = AuditEntry.objects.aggregate(newest=Max("pk"))["newest"] or 0
        if newest > feed.seen_entry:
            # In this order: the number is one that no transaction had when the newest entry was seen.
            feed.seen_entry, feed.seen_transaction = newest, _transactions()[1]


def _transactions() -> tuple[int, int]:
    """The oldest that is running, and the first that has not begun."""
    with database.cursor() as cursor:
        cursor.execute(_ENDED)
        row = cursor.fetchone()
    return int(row[0]), int(row[1])
