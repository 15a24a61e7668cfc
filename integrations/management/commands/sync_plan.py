"""`manage.py sync_plan ID... | --all-unsynced`: sends plans to a provider by hand."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Send plans to a provider: queue them, wait for them, or show what would be sent."
    kind = Kind.PLAN
