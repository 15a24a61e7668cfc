"""Whether an import has to look for link candidates first, and the end of that."""

from typing import Any

from billing.models.base import Status
from billing.persistence.tables import MODELS
from integrations.mappings.link_choices import KINDS
from integrations.models import Connection, EntityMapping, ImportRun
from integrations.models.imports import ImportState, LinkingState
from integrations.reconcile.linking import candidates, decisions, settling


def is_needed(connection: Connection) -> bool:
    """Whether there are rows here without a counterpart that may have one."""
    for kind in KINDS:
        mapped = EntityMapping.objects.filter(connection=connection, entity_type=kind)
        rows: Any = MODELS[kind]._default_manager
        active = rows.filter(environment_id=connection.environment_id, status=Status.ACTIVE)
        if active.exclude(pk__in=mapped.exclude(entity_id="").values("entity_id")).exists():
            return True
    return False


def end(run: ImportRun) -> None:
    """All candidates were found: a person decides, where there are any."""
    candidates.grade(run)
    if decisions.undecided(run).exists() and not run.dry_run:
        ImportRun.objects.filter(pk=run.pk).update(linking=LinkingState.OPEN, state=ImportState.LINKING)
    else:
        settling.close(run, LinkingState.SETTLED)
