"""Of which problems a channel tells, and when it is quiet."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.models import AlertChannel
from integrations.triage.group import Group


def wanted(channel: AlertChannel, groups: Iterable[Group]) -> dict[str, Group]:
    """The groups that the channel tells of, by key; what a person dismissed is none of them."""
    return {group.key: group for group in groups if not group.is_dismissed and _is_wanted(channel, group)}


def _is_wanted(channel: AlertChannel, group: Group) -> bool:
    if channel.environment_id and group.environment_id != channel.environment_id:
        return False
    if channel.codes and group.kind.code not in channel.codes:
        return False
    least = channel.least_amount
    return least is None or not group.at_stake or max(group.at_stake.values()) >= least


def is_quiet(channel: AlertChannel, now: datetime) -> bool:
    """Whether it is one of the channel's quiet hours, which may go over midnight."""
    begins, ends = channel.quiet_from, channel.quiet_until
    if begins is None or ends is None:
        return False
    time = now.astimezone(ZoneInfo(channel.time_zone)).time()
    return begins <= time < ends if begins <= ends else time >= begins or time < ends
