"""Imports: what a provider's account has is brought here, list by list, and how far that is."""

from django.db import models
from django.db.models import Q

from billing.models.base import id_field
from integrations.models.connections import Connection


class ImportState(models.TextChoices):
    """Paused: the page under way is finished, no other begins until the import is resumed."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN_IMPORTS = (ImportState.RUNNING, ImportState.PAUSED)


class ImportOutcome(models.TextChoices):
    """What became of an object. Changed: the row followed it. Equal: there was nothing to do.

    Conflicting: both sides say something else, or two rows match it. Refused: it cannot be, or is not to be,
    here.
    """

    MADE = "made"
    LINKED = "linked"
    CHANGED = "changed"
    EQUAL = "equal"
    CONFLICTING = "conflicting"
    REFUSED = "refused"


class ImportRun(models.Model):
    """One import. ``since``: what was made before is left out, except for what others depend on."""

    id = id_field("imp")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.RUNNING)
    # Changes nothing: counts, and shows some of what would be done.
    dry_run = models.BooleanField(default=False)
    since = models.DateTimeField(null=True, blank=True)
    started_by = models.CharField(max_length=150, blank=True, default="")
    # Why it stopped, or waits.
    reason = models.TextField(blank=True, default="")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    # While a worker has it; an expired lease belongs to a worker that died.
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_holder = models.CharField(max_length=100, blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "import"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN_IMPORTS) & Q(settled_at__isnull=True)
                | ~Q(state__in=OPEN_IMPORTS) & Q(settled_at__isnull=False),
                name="import_settled_when_not_open",
            ),
            models.UniqueConstraint(
                fields=["connection"], condition=Q(settled_at__isnull=True), name="import_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{'dry run' if self.dry_run else 'import'} from {self.connection}"


class ImportPart(models.Model):
    """One list of an import: how far it is, and what became of its objects."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    # The name of the provider's Listing.
    name = models.CharField(max_length=60)
    entity_type = models.CharField(max_length=30)
    is_done = models.BooleanField(default=False)
    # Why none of it is brought here, "" where it is.
    left_out = models.TextField(blank=True, default="")
    # Where the page under way begins, and which of its objects are settled.
    cursor = models.CharField(max_length=255, blank=True, default="")
    settled = models.JSONField(default=list)
    pages = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    linked = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    equal = models.PositiveIntegerField(default=0)
    conflicting = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Time that a worker has spent on it.
    seconds = models.FloatField(default=0.0)
    # How many objects the last import found, None where there was none.
    expected = models.PositiveIntegerField(null=True)
    # Some objects by what became of them: {outcome: [[the provider's id, label], ...]}.
    samples = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="import_part_once")]

    def __str__(self) -> str:
        return self.name


class ImportFinding(models.Model):
    """One object that needs a person: it is in conflict, or cannot be here as it is."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="findings")
    entity_type = models.CharField(max_length=30)
    provider_entity_id = models.CharField(max_length=255)
    # The row that it is linked to, "" for none.
    entity_id = models.CharField(max_length=40, blank=True, default="")
    label = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=12, choices=ImportOutcome.choices)
    reason = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "entity_type", "provider_entity_id"], name="import_finding_once"
            )
        ]
        indexes = [models.Index(fields=["provider_entity_id"], name="import_finding_of_object")]

    def __str__(self) -> str:
        return f"{self.provider_entity_id} {self.outcome}"
