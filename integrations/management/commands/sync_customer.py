"""`manage.py sync_customer ID... | --all-unsynced`: sends customers to a provider by hand."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Send customers to a provider: queue them, wait for them, or show what would be sent."
    kind = Kind.CUSTOMER
