"""`manage.py sync_invoice ID... | --all-unsynced`: sends invoices to a provider by hand."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Send invoices to a provider: queue them, wait for them, or show what would be sent."
    examples = (
        ("sync_invoice inv_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D", "queues it"),
        ("sync_invoice inv_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --dry-run", "the calls it would make"),
        ("sync_invoice --all-unsynced --wait --json", "all that are missing there"),
    )
    kind = Kind.INVOICE
