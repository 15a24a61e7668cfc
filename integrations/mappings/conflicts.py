"""Conflicts: whose value stays, and the record of both values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from billing.models.audit import AuditAction
from billing.persistence.audit import Noted, note_others
from billing.persistence.audit_values import Changes
from integrations.models import Conflict, Connection
from integrations.models.connections import Owner


@dataclass(frozen=True)
class Clash:
    """A field that both sides changed, with the values and the times of both, where these are known.

    ``is_part``: it is a whole part, such as an item, that a side may have removed.
    """

    field: str
    ours: Any
    theirs: Any
    ours_at: datetime | None
    theirs_at: datetime | None
    is_part: bool = False


def winner(owner: Owner, clash: Clash) -> str:
    """Whose value stays: "flexsync", "provider", or "" where the times do not tell.

    Times are compared by the second: a provider's events are no more exact. A whole part that one side has
    removed is never left open: it stays, with the values of the other side.
    """
    if owner is not Owner.NEWEST:
        return owner.value
    ours_at, theirs_at = clash.ours_at, clash.theirs_at
    if ours_at and theirs_at and int(ours_at.timestamp()) != int(theirs_at.timestamp()):
        return (Owner.FLEXSYNC if ours_at > theirs_at else Owner.PROVIDER).value
    if not clash.is_part or (clash.ours and clash.theirs):
        return ""
    return (Owner.FLEXSYNC if clash.ours else Owner.PROVIDER).value


def record(
    place: dict[str, str], owner: Owner, clash: Clash, *, stays: Owner | None = None, replaced_by: str = ""
) -> Conflict:
    """Writes the conflict down, in place of an open one about the field.

    ``place``: connection_id, entity_type, entity_id, provider_entity_id. ``stays``: whose value it is, where
    that was over by the time the conflict was seen; else the rule decides. ``replaced_by``: the idempotency
    key of the call that had replaced the provider's value.
    """
    if stays is None:
        close(place, [clash.field], by="a later change")
    decided = stays or winner(owner, clash)
    conflict = Conflict.objects.create(
        **place,
        field=clash.field,
        ours=clash.ours,
        theirs=clash.theirs,
        ours_at=clash.ours_at,
        theirs_at=clash.theirs_at,
        rule=owner,
        winner=decided,
        decided_at=timezone.now() if decided else None,
        replaced_by=replaced_by,
    )
    held = {name: [None, getattr(conflict, name)] for name in ("field", "ours", "theirs", "winner")}
    _note([conflict], AuditAction.CREATED, held)
    return conflict


def close(place: dict[str, str], fields: Iterable[str], *, by: str, winner: str = Owner.FLEXSYNC) -> int:
    """Closes open conflicts about ``fields``, which ``by`` has decided; returns how many."""
    return _settle(_open(place).filter(field__in=list(fields)), winner, by)


def know_of(place: dict[str, str], values: Mapping[str, Any]) -> frozenset[str]:
    """Of these fields, those with an open conflict in which FlexSync's value is this one."""
    seen = _open(place).filter(field__in=list(values)).values_list("field", "ours") if values else ()
    return frozenset(name for name, ours in seen if ours == values[name])


def close_all(place: dict[str, str], *, by: str) -> None:
    """Closes the open conflicts of an entity that has no counterpart any more: both keep their values."""
    _settle(_open(place), Owner.FLEXSYNC, by)


def note_settled(conflicts: Sequence[Conflict], winner: str, by: str) -> None:
    """Notes in the audit that ``by`` settles them; before they are stored so."""
    for conflict in conflicts:
        changes = {"winner": [conflict.winner, winner], "decided_by": [conflict.decided_by, by]}
        _note([conflict], AuditAction.CHANGED, changes)


def _settle(conflicts: QuerySet[Conflict], winner: str, by: str) -> int:
    """Most often there are none, and nothing has to be written."""
    found = list(conflicts)
    if not found:
        return 0
    note_settled(found, str(winner), by)
    ids = [conflict.pk for conflict in found]
    named = Conflict.objects.filter(pk__in=ids, winner="")
    return named.update(winner=winner, decided_by=by, decided_at=timezone.now())


def _note(conflicts: Sequence[Conflict], action: AuditAction, changes: Changes) -> None:
    connections = Connection.objects.filter(pk__in={one.connection_id for one in conflicts})
    environments = dict(connections.values_list("pk", "environment_id"))
    note_others(
        Noted(environments[one.connection_id], "conflict", one.pk, action, changes) for one in conflicts
    )


def _open(place: dict[str, str]) -> QuerySet[Conflict]:
    names = ("connection_id", "entity_type", "entity_id")
    return Conflict.objects.filter(**{name: place[name] for name in names}, winner="")


def rename(place: dict[str, str], names: Mapping[str, str]) -> None:
    """Gives the conflicts about parts that were made anew at the provider the ``names`` these have now."""
    for part, name in names.items():
        about = Q(field=part) | Q(field__startswith=f"{part}.")
        new = Concat(Value(name), Substr("field", len(part) + 1))
        Conflict.objects.filter(about, **place).update(field=new)


def is_recorded(place: dict[str, str], field: str, theirs: Any, *, replaced_by: str, since: datetime) -> bool:
    """Whether a conflict was written down about this value of the provider's, which that call has replaced.

    Or one that was seen ``since`` the call began. What another call has replaced was another edit, even to
    the same value.
    """
    value = {"theirs__isnull": True} if theirs is None else {"theirs": theirs}
    about = Q(replaced_by=replaced_by) | Q(replaced_by="", created_at__gte=since)
    return Conflict.objects.filter(about, **place, **value, field=field).exists()
