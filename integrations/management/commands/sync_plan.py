"""`manage.py sync_plan ID... | --all-unsynced`: sends plans to a provider by hand."""

from billing.events import Kind
from integrations.management.sync_command import SyncCommand


class Command(SyncCommand):
    help = "Send plans to a provider: queue them, wait for them, or show what would be sent."
    examples = (
        ("sync_plan plan_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D", "queues it"),
        ("sync_plan plan_01JD8Z3W5Q6V7X8Y9Z0A1B2C3D --dry-run", "the calls it would make"),
        ("sync_plan --all-unsynced --wait --json", "all that are missing there"),
    )
    kind = Kind.PLAN
