"""Which lists an import reads for link candidates first, and the end of that."""

from typing import Any

from billing.events import Kind
from integrations.mappings.link_choices import KINDS, ROUNDS
from integrations.models import Connection, EntityMapping, ImportPart, ImportRun
from integrations.models.imports import ImportState, LinkingState
from integrations.reconcile.linking import candidates, decisions, settling
from integrations.reconcile.linking.rows import NAMINGS


def kinds(connection: Connection) -> set[Kind]:
    """Those of which there are rows here without a counterpart that may have one."""
    return {kind for kind in KINDS if _has_free(connection, kind)}


def _has_free(connection: Connection, kind: Kind) -> bool:
    mapped = EntityMapping.objects.filter(connection=connection, entity_type=kind).exclude(entity_id="")
    rows: Any = NAMINGS[kind].rows(connection.environment_id)
    return bool(rows.exclude(pk__in=mapped.values("entity_id")).exists())


def parts(run: ImportRun) -> list[ImportPart]:
    """What is to be read of the first round that is not read to its end."""
    unread = list(settling.unread(run))
    for round_kinds in ROUNDS:
        if found := [part for part in unread if part.entity_type in round_kinds]:
            return found
    return []


def end(run: ImportRun) -> None:
    """All candidates of a round were found: a person decides, where there are any."""
    candidates.grade(run)
    if decisions.undecided(run).exists() and not run.dry_run:
        run.linking, run.state = LinkingState.OPEN, ImportState.LINKING
        run.save(update_fields=["linking", "state"])
    else:
        settling.close(run)
