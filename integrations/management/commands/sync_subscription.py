"""`manage.py sync_subscription ID... | --all-unsynced`: sends subscriptions to a provider by hand."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Send subscriptions to a provider: queue them, wait for them, or show what would be sent."
    examples = (
        ("sync_subscription subs_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D", "queues it"),
        ("sync_subscription subs_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --dry-run", "the calls it would make"),
        ("sync_subscription --all-unsynced --wait --json", "all that are missing there"),
    )
    kind = Kind.SUBSCRIPTION
