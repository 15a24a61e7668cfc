"""`manage.py sync_plan ID... | --all-unsynced`: pushes plans by hand, as tasks do by themselves."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Push plans to a provider: queue them, wait for them, or show what would be done."
    kind = Kind.PLAN
