"""`manage.py sync_invoice ID... | --all-unsynced`: sends invoices to a provider by hand."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Send invoices to a provider: queue them, wait for them, or show what would be sent."
    kind = Kind.INVOICE
