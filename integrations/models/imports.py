"""Imports: what a provider's account has is brought here, list by list, and how far that is."""

from django.db import models
from django.db.models import Q

from billing.models.base import id_field
from integrations.models.connections import Connection


class ImportState(models.TextChoices):
    """Linking: it waits until a person has decided about link candidates.

    Paused: the page under way is finished, no other begins until the import is resumed.
    """

    RUNNING = "running"
    LINKING = "linking"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class LinkingState(models.TextChoices):
    """Reading: candidates are looked for. Open: a person decides. Settled: what was decided is used."""

    READING = "reading"
    OPEN = "open"
    SETTLED = "settled"


OPEN_IMPORTS = (ImportState.RUNNING, ImportState.LINKING, ImportState.PAUSED)


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
    # "" where nothing here could be linked, or a person wanted no candidates.
    linking = models.CharField(max_length=10, choices=LinkingState.choices, blank=True, default="")
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
