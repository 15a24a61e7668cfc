"""`manage.py sync_customer ID... | --all-unsynced`: pushes customers by hand, as tasks do by themselves."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Push customers to a provider: queue them, wait for them, or show what would be done."
    kind = Kind.CUSTOMER
