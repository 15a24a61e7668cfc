"""`manage.py sync_subscription ID... | --all-unsynced`: sends subscriptions to a provider by hand."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Send subscriptions to a provider: queue them, wait for them, or show what would be sent."
    kind = Kind.SUBSCRIPTION
