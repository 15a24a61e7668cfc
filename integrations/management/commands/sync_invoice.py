"""`manage.py sync_invoice ID... | --all-unsynced`: pushes invoices by hand, as tasks do by themselves."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Push invoices to a provider: queue them, wait for them, or show what would be done."
    kind = Kind.INVOICE
