"""Which of the objects that an import has changed or linked are left with an open conflict."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from integrations.models import Conflict
from integrations.models.imports import ImportOutcome
from integrations.reconcile.importing.results import Result

_MAY_CONFLICT = (ImportOutcome.LINKED, ImportOutcome.CHANGED)


def told(connection_id: str, results: Iterable[Result]) -> list[Result]:
    """The results, with such objects as conflicting."""
    results = list(results)
    wanted = [one.provider_id for one in results if one.outcome in _MAY_CONFLICT]
    fields = _open_fields(connection_id, wanted) if wanted else {}
    return [
        replace(one, outcome=ImportOutcome.CONFLICTING, reason=_reason(fields[one.provider_id]))
        if one.provider_id in fields and one.outcome in _MAY_CONFLICT
        else one
        for one in results
    ]


def _open_fields(connection_id: str, provider_ids: list[str]) -> dict[str, list[str]]:
    found = Conflict.objects.filter(
        connection_id=connection_id, provider_entity_id__in=provider_ids, winner=""
    )
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for provider_id, name in found.values_list("provider_entity_id", "field"):
        fields[provider_id].append(name)
    return fields


def _reason(fields: list[str]) -> str:
    return f"Both sides have another {', '.join(sorted(fields))}: decide it among the conflicts."
