"""Notes in the audit what becomes of findings; before they are stored so."""

from collections.abc import Iterable

from django.db.models import QuerySet

from billing.models.audit import AuditAction
from billing.persistence.audit import Noted, note_others
from integrations.models import Connection, Finding
from integrations.models.findings import FindingState


def found(findings: Iterable[Finding]) -> None:
    """Notes new ones."""
    shown = ("kind", "entity_type", "entity_id", "provider_entity_id", "field", "ours", "theirs", "suggested")
    _note(
        (one, AuditAction.CREATED, {name: [None, getattr(one, name)] for name in shown}) for one in findings
    )


def moved(findings: Iterable[Finding], state: FindingState) -> None:
    """Notes those that are not in the state yet."""
    _note(
        (one, AuditAction.CHANGED, {"state": [str(one.state), state.value]})
        for one in findings
        if one.state != state
    )


def healed(findings: QuerySet[Finding]) -> None:
    """Notes that they heal."""
    moved(findings.only("connection_id", "state"), FindingState.HEALED)


def _note(noted: Iterable[tuple[Finding, AuditAction, dict[str, list[object]]]]) -> None:
    rows = list(noted)
    connections = Connection.objects.filter(pk__in={one.connection_id for one, *_ in rows})
    environments = dict(connections.values_list("pk", "environment_id")) if rows else {}
    note_others(
        Noted(environments[one.connection_id], "finding", one.pk, action, changes)
        for one, action, changes in rows
    )
