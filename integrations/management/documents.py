"""What commands print with ``--json`` of the work that they begin, control and follow."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from integrations.models import ComparisonRun, ImportRun, OutboundSync, SyncRun
from integrations.models.imports import ImportOutcome
from integrations.outbox import bulk_syncs
from integrations.outbox.dry_run import PlannedCall
from integrations.reconcile.comparing import findings
from integrations.reconcile.importing import progress

# How many findings are listed; "open" says how many there are.
SHOWN = 1000


def of_bulk_sync(run_id: str) -> dict[str, Any]:
    """How far it is, and what failed by reason."""
    run = SyncRun.objects.get(pk=run_id)
    failures = [asdict(one) for one in bulk_syncs.failures(run)]
    return {"id": run.pk, "state": run.state, **asdict(bulk_syncs.progress(run)), "failures": failures}


def of_syncs(ids: Iterable[str]) -> list[dict[str, Any]]:
    """How each is now."""
    columns = ("id", "entity_type", "entity_id", "connection_id", "state", "last_error")
    return list(OutboundSync.objects.filter(pk__in=list(ids)).order_by("pk").values(*columns))


def of_calls(calls: Iterable[PlannedCall]) -> list[dict[str, Any]]:
    """The calls that a push would make."""
    return [
        {
            "step": call.step,
            "operation": call.operation,
            "target": call.target,
            "params": _plain(call.params),
            "skipped": call.skipped,
            "changes": [asdict(one) for one in call.differences],
        }
        for call in calls
    ]


def of_import(run_id: str) -> dict[str, Any]:
    """How far it is, what became of each list's objects, and what needs a person."""
    run = ImportRun.objects.get(pk=run_id)
    columns = ("entity_type", "provider_entity_id", "entity_id", "label", "outcome", "reason")
    parts = [
        {"name": part.name, **{outcome.value: getattr(part, outcome.value) for outcome in ImportOutcome}}
        for part in run.parts.all()
    ]
    return {
        "id": run.pk,
        "state": run.state,
        "reason": run.reason,
        "dry_run": run.dry_run,
        **asdict(progress.of(run)),
        "lists": parts,
        "findings": list(run.findings.values(*columns)[:SHOWN]),
    }


def of_comparison(run_id: str) -> dict[str, Any]:
    """What was read, and the findings that are open now."""
    run = ComparisonRun.objects.get(pk=run_id)
    found = findings.open_of(run.connection_id).order_by("-amount_at_stake", "-found_at")
    pair = ("id", "kind", "entity_type", "entity_id", "provider_entity_id")
    columns = (*pair, "field", "ours", "theirs", "amount_at_stake", "currency", "suggested", "why")
    names = ("id", "state", "reason", "connection_id", "objects_seen", "calls", "found", "new", "healed")
    return {
        **{name: getattr(run, name) for name in names},
        "money_at_stake": run.money_at_stake,
        "open": found.count(),
        "findings": list(found.values(*columns)[:SHOWN]),
    }


def _plain(value: Any) -> Any:
    """Without placeholders of what is not known yet."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
