"""Imports: what a provider's account has is brought here, list by list, and how far that is."""

from django.db import models

from billing.models.base import id_field
from billing.models.choices import WordedChoices
from billing.state_changes import StateChanges
from integrations.models.connections import Connection
from integrations.models.long_runs import LongRun, one_open


class ImportState(WordedChoices):
    """Linking: it waits until a person has decided about link candidates.

    Paused: the page under way is finished, no other begins until the import is resumed.
    """

    RUNNING = "running"
    LINKING = "linking"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class LinkingState(WordedChoices):
    """Reading: candidates are looked for. Open: a person decides. Settled: what was decided is used."""

    READING = "reading"
    OPEN = "open"
    SETTLED = "settled"


OPEN_IMPORTS = (ImportState.RUNNING, ImportState.LINKING, ImportState.PAUSED)


class ImportOutcome(WordedChoices):
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


class ImportRun(LongRun):
    """One import. ``since``: what was made before is left out, except for what others depend on."""

    WORKED = (ImportState.RUNNING,)

    state_changes = StateChanges(
        "state",
        {
            ((), "running"): "start",
            (("running",), "linking"): "links are to be decided",
            (("linking",), "running"): "decided",
            (("running", "linking"), "paused"): "pause, or tried often enough",
            (("paused",), "running"): "resume",
            (("paused",), "linking"): "resume",
            (("running",), "done"): "",
            (("running",), "failed"): "",
            (("running", "linking", "paused"), "cancelled"): "cancel",
        },
    )

    id = id_field("imp")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.RUNNING)
    # Changes nothing: counts, and shows some of what would be done.
    dry_run = models.BooleanField(default=False)
    since = models.DateTimeField(null=True, blank=True)
    # "" where nothing here could be linked, or a person wanted no candidates.
    linking = models.CharField(max_length=10, choices=LinkingState.choices, blank=True, default="")

    class Meta(LongRun.Meta):
        abstract = False
        verbose_name = "import"
        constraints = one_open("import", OPEN_IMPORTS)

    def __str__(self) -> str:
        return f"{'dry run' if self.dry_run else 'import'} from {self.connection}"
