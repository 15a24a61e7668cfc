"""What all services do with a row: find, lock, check, change, store and announce it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import models
from django.utils import timezone

from billing.errors import Invalid, NotFound
from billing.events import Change, Kind, announce
from billing.metadata_changes import applied
from billing.models.base import Audited, EditedRow, Row, Status
from billing.persistence import audit, expected_versions, field_checks, row_locks, saves
from billing.persistence.row_locks import RowLocked
from billing.persistence.text_checks import check_metadata, check_texts
from billing.persistence.unique_violations import unique_violation_as_conflict
from billing.persistence.unit_of_work import current_unit_of_work

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RowT = TypeVar("RowT", bound=Row)
FactsT = TypeVar("FactsT", bound="DataclassInstance")
# What is stored with any change.
STORED_WITH_ALL = ("version", "updated_at")


def locked(model: type[RowT], environment_id: str, row_id: str) -> RowT:
    """The row, locked until the transaction ends; raises NotFound when this environment has no such row, and
    Outdated when the caller has seen another version of it.

    The lock leaves keys free, so that rows which point at this one can still be inserted meanwhile.
    """
    row = _known(model, environment_id, row_id, locked=True) or _lock(model, environment_id, row_id)
    if here := current_unit_of_work():
        here.rows.add(row, locked=True)
    expected_versions.check(row)
    return row


def _lock(model: type[RowT], environment_id: str, row_id: str) -> RowT:
    """The row from the database; raises NotFound, and RowLocked in a block that does not wait for locks."""
    here = current_unit_of_work()
    busy = here.busy if here else None
    rows = model._default_manager.select_for_update(no_key=True, of=("self",), skip_locked=busy is not None)
    try:
        return rows.get(pk=row_id, environment_id=environment_id)
    except model.DoesNotExist:
        if busy is not None and row_locks.existing(model, [row_id]):
            raise RowLocked(model, row_id) from None
        raise NotFound(f"There is no {model._meta.verbose_name} {row_id}.") from None


def referred(
    model: type[RowT], environment_id: str, row_id: str, *, field: str, origin: str | None = None
) -> RowT:
    """The row that ``field`` names.

    Raises Invalid when it is unknown, or archived and named through the API or the admin.

    What a provider reports has already happened there, so an archived row does not stand in its way.
    """
    row = found(model, environment_id, [row_id]).get(row_id)
    if row is None:
        raise Invalid.of({field: f"There is no {model._meta.verbose_name} {row_id}."})
    if origin is None and getattr(row, "status", "") == Status.ARCHIVED:
        raise Invalid.of({field: f"The {model._meta.verbose_name} {row_id} is archived."})
    return row


def found(model: type[RowT], environment_id: str, ids: Iterable[str], *related: str) -> dict[str, RowT]:
    """The rows of this environment that have one of the ``ids``, by id, with those that they point at."""
    rows = {row_id: _known(model, environment_id, row_id, locked=False) for row_id in ids}
    here = current_unit_of_work()
    missing = [
        row_id
        for row_id, row in rows.items()
        if row is None and not (here and here.rows.is_absent(model, row_id))
    ]
    if missing:
        stored = model._default_manager.filter(pk__in=missing, environment_id=environment_id)
        rows |= {row.pk: row for row in stored.select_related(*related).order_by()}
    return {row_id: row for row_id, row in rows.items() if row is not None}


def _known(model: type[RowT], environment_id: str, row_id: str, *, locked: bool) -> RowT | None:
    """The row if the unit of work knows it; raises RowLocked for one that others have."""
    here = current_unit_of_work()
    if here and here.busy is not None:
        here.busy.refuse(model, row_id)
    row = cast("RowT | None", here.rows.get(model, row_id, locked=locked) if here else None)
    return row if row is not None and row.environment_id == environment_id else None


def values(facts: "DataclassInstance", *leaving_out: str) -> dict[str, Any]:
    """The facts as column values."""
    found = {name: getattr(facts, name) for name in _names(type(facts)) if name not in leaving_out}
    if "metadata" in found:
        found["metadata"] = dict(found["metadata"])
    return found


def read(facts: type[FactsT], row: models.Model, **given: Any) -> FactsT:
    """The facts that ``row`` holds; ``given`` replaces those that are not columns as they are."""
    return facts(**{name: getattr(row, name) for name in _names(facts) if name not in given}, **given)


@cache
def _names(facts: type["DataclassInstance"]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(facts))


def change(row: models.Model, changes: Mapping[str, Any], *, allowed: frozenset[str]) -> list[str]:
    """Sets what differs and returns those names; raises Invalid for a name that may not change.

    A value that is the same already is not a change, even for a name that may not change.
    """
    changed = []
    for name, wanted in applied(changes, row).items():
        known = name in allowed or any(name in (one.name, one.attname) for one in row._meta.concrete_fields)
        if not known:
            raise Invalid.of({name: "There is no such field."})
        value = dict(wanted) if isinstance(wanted, Mapping) else wanted
        if getattr(row, name) == value:
            continue
        if name not in allowed:
            raise Invalid.of({name: "This field cannot be changed."})
        if isinstance(row, EditedRow) and row.is_edited(name):
            note_changed(row, _parts(row, name, value))
            changed.append("changed_at")
        setattr(row, name, value)
        changed.append(name)
    return changed


def note_changed(row: EditedRow, names: Iterable[str]) -> None:
    """Notes that these were changed just now."""
    row.changed_at = {**row.changed_at, **dict.fromkeys(names, _now())}


def _parts(row: models.Model, name: str, value: Any) -> list[str]:
    """What changes with ``name``: of metadata the keys whose values differ."""
    if name != "metadata":
        return [name]
    before = getattr(row, name)
    return [f"metadata.{key}" for key in before.keys() | value.keys() if before.get(key) != value.get(key)]


def _now() -> str:
    return timezone.now().isoformat()


def set_status(row: models.Model, status: str) -> list[str]:
    """Sets the status and returns the changed names: none when it was the same already."""
    return change(row, {"status": status}, allowed=frozenset({"status"}))


def check(row: models.Model, *, inside: str = "") -> None:
    """Raises Invalid for values that the columns cannot hold; ``inside`` is put before each field's name."""
    if wrong := field_checks.wrong(row):
        raise Invalid.of({f"{inside}{name}": message for name, message in wrong.items()})
    check_texts(row, inside)
    check_metadata(getattr(row, "metadata", {}), f"{inside}metadata")


def insert(row: Row, kind: Kind, origin: str | None) -> None:
    """Checks, stores and announces a new row; raises Invalid or Conflict."""
    check(row)
    saves.record(row)
    if here := current_unit_of_work():
        here.insert([row])
    else:
        with unique_violation_as_conflict():
            row.save(force_insert=True)
    audit.created(row)
    announce_change(row, kind, origin)


def save(row: Row, changed: list[str], kind: Kind, origin: str | None) -> None:
    """Checks, stores and announces what changed, if anything did; raises Invalid or Conflict."""
    if not changed:
        return
    check(row)
    store(row, changed)
    announce_change(row, kind, origin)


def store(row: Row, changed: list[str]) -> None:
    """Stores what changed, without announcing it; raises Conflict."""
    saves.record(row)
    row.version += 1
    names = [*changed, *STORED_WITH_ALL]
    if here := current_unit_of_work():
        here.change(row, names)
    else:
        with unique_violation_as_conflict():
            row.save(update_fields=names)
    audit.changed(row, changed)


def store_apart(row: Row, changed: list[str] | None = None) -> None:
    """Stores a row of a kind that no unit of work keeps, at once, and announces nothing.

    All of a new one, else what changed.
    """
    if row._state.adding:
        row.save(force_insert=True)
        audit.created(row)
    elif changed:
        row.version += 1
        row.save(update_fields=[*changed, *STORED_WITH_ALL])
        audit.changed(row, changed)


def delete(row: Row) -> None:
    """Deletes the row."""
    audit.deleted(row)
    row.delete()


def replace_parts(row: Row, name: str, parts: Sequence[Audited], *, before: Sequence[Audited]) -> None:
    """Stores rows that are a part of ``row``, in place of those that it had ``before`` under ``name``.

    They have been checked. The row is stored, and announced, after them.
    """
    if before:
        _delete_parts(getattr(row, name))
    _insert_parts(parts)
    _remember_parts(row, name, parts)
    audit.parts_replaced(row, name, before, parts)


def _remember_parts(row: Row, name: str, parts: Sequence[Audited]) -> None:
    """Whoever reads them next need not ask the database, which may not have them yet."""
    found: Any = getattr(row, name).all()
    found._result_cache = list(parts)
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


def _delete_parts(parts: Any) -> None:
    here = current_unit_of_work()
    with here.keeping_rows() if here else nullcontext():
        parts.filter().delete()


def _insert_parts(parts: Sequence[Audited]) -> None:
    if here := current_unit_of_work():
        here.insert(parts)
    elif parts:
        type(parts[0])._default_manager.bulk_create(parts)


def announce_change(row: Row, kind: Kind, origin: str | None) -> None:
    """Announces that the row changed."""
    change = Change(kind, row.pk, row.environment_id, origin)
    if here := current_unit_of_work():
        here.announce(change)
    else:
        announce(change)
