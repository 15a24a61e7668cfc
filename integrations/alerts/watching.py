"""One look: each channel is told, in one message, of what is new and what is over since the last one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from integrations.alerts import addresses, messages, places, rules
from integrations.alerts.addresses import NotSent
from integrations.alerts.messages import Ended
from integrations.db.encryption import NoKeyOpens
from integrations.models import Alert, AlertChannel
from integrations.triage.group import Group
from integrations.triage.groups import groups


def look(now: datetime) -> int:
    """Tells all channels; returns how many messages were sent.

    What could not be sent is tried at the next look. A message whose noting failed comes twice.
    """
    channels = list(AlertChannel.objects.filter(is_enabled=True))
    found = groups(now) if channels else []
    return sum(_tell(channel, found, now) for channel in channels if not rules.is_quiet(channel, now))


def test(channel: AlertChannel, now: datetime) -> None:
    """Sends a message that says it is a test; raises NotSent or NoKeyOpens."""
    where = channel.environment or "all environments"
    addresses.send(channel, title="FlexSync: a test", body=f"Alerts of {where} come here ({channel.name}).")
    _note(channel, "", now)


def _tell(channel: AlertChannel, found: Sequence[Group], now: datetime) -> bool:
    wanted = rules.wanted(channel, found)
    known = {alert.key: alert for alert in channel.alerts.filter(ended_at=None)}
    new = [group for key, group in wanted.items() if key not in known]
    left = {group.key: group for group in found}
    ended = [Ended(alert, left.get(key)) for key, alert in known.items() if key not in wanted]
    if not new and not ended:
        return False
    where = places.named([*(group.key for group in new), *(one.alert.key for one in ended)])
    try:
        addresses.send(channel, title=messages.subject(new, ended), body=messages.body(new, ended, where))
    except (NotSent, NoKeyOpens) as failure:
        _note(channel, str(failure))
        return False
    with transaction.atomic():
        Alert.objects.bulk_create(_alert(channel, group, now) for group in new)
        channel.alerts.filter(pk__in=[one.alert.pk for one in ended]).update(ended_at=now)
        _note(channel, "", now)
    return True


def _alert(channel: AlertChannel, group: Group, now: datetime) -> Alert:
    named = group.named(Alert.MOST_NAMED)
    return Alert(channel=channel, key=group.key, title=group.title[:500], named=named, raised_at=now)


def _note(channel: AlertChannel, error: str, sent_at: datetime | None = None) -> None:
    channel.last_error, channel.sent_at = error, sent_at or channel.sent_at
    channel.save(update_fields=["last_error", "sent_at"])
