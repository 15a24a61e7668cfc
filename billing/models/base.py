"""What all rows share: a prefixed id, its environment, its times; and the columns that hold money."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from billing import money, texts
from billing.ids import new_id
from billing.models.choices import WordedChoices


class IdField(models.CharField):  # type: ignore[type-arg]
    """An id, and the type of all columns that point at it.

    Django gives a ``varchar`` key, and each column that points at it, a second index for searches by its
    beginning; ids are never searched so, and every row would pay for it. Under its full name the type is the
    same, and the index is not made.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type."""
        return f"character varying({self.max_length})"


def id_field(prefix: str) -> models.CharField[str, str]:
    """The primary key ``<prefix>_<ULID>``."""
    return IdField(primary_key=True, max_length=40, default=partial(new_id, prefix), editable=False)


def text_field(**options: Any) -> models.CharField[str, str]:
    """A text that gateways hold too, as long as any of theirs is: it is never cut. It may be empty."""
    return models.CharField(max_length=texts.LONGEST, blank=True, default="", **options)


def amount_field(**options: Any) -> models.DecimalField[Any, Any]:
    """An amount in major units, exact to the decimals of its currency."""
    return models.DecimalField(
        max_digits=money.AMOUNT_DIGITS, decimal_places=money.AMOUNT_PLACES, default=Decimal(0), **options
    )


def unit_amount_field(**options: Any) -> models.DecimalField[Any, Any]:
    """A price per unit in major units, down to fractions of a cent."""
    return models.DecimalField(
        max_digits=money.UNIT_DIGITS, decimal_places=money.UNIT_PLACES, default=Decimal(0), **options
    )


def quantity_field(**options: Any) -> models.DecimalField[Any, Any]:
    """How many units, down to small parts of one."""
    return models.DecimalField(
        max_digits=money.QUANTITY_DIGITS, decimal_places=money.QUANTITY_PLACES, default=1, **options
    )


def currency_field(**options: Any) -> models.CharField[str, str]:
    """An ISO 4217 code in upper case; billing.money knows which exist."""
    return models.CharField(max_length=3, **options)


class Audited(models.Model):
    """A row, or a part of one, of which the audit tells what changed (billing/models/audit.py)."""

    # Columns that it does not tell of: they serve FlexSync itself, or let whoever knows them act.
    unaudited: ClassVar[frozenset[str]] = frozenset({"id"})

    class Meta:
        abstract = True

    def currency_of(self, _name: str) -> str:
        """The currency of the amount in that column."""
        currency: str = self.currency  # type: ignore[attr-defined]  # of each row that has amounts
        return currency


class Row(Audited):
    """A row of one environment."""

    unaudited = Audited.unaudited | {"environment_id", "version", "created_at", "updated_at"}

    # Without an index of its own: every list has one that begins with it, and PostgreSQL would take it for
    # the ids of a table that it knows nothing of yet (tests/test_row_references.py).
    environment = models.ForeignKey(
        "billing.Environment", on_delete=models.PROTECT, editable=False, related_name="+", db_index=False
    )
    # Counts how often the row was stored.
    version = models.PositiveBigIntegerField(default=1, db_default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    # What the columns held when the row was last read or stored, and what became of its parts since.
    stored: Mapping[str, Any] = MappingProxyType({})
    replaced_parts: Mapping[str, list[Any]] = MappingProxyType({})

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        """The row as it was read, whose values are remembered."""
        row = super().from_db(db, field_names, values, **options)
        row.stored = dict(zip(field_names, values, strict=False))
        return row

    def refresh_from_db(self, *args: Any, **named: Any) -> None:
        """Reads the row again, and remembers it."""
        super().refresh_from_db(*args, **named)
        self.remember_stored()

    def remember_stored(self) -> None:
        """Takes what the row holds now for what is stored."""
        self.replaced_parts = self.stored = {}
        self.stored = dict(self.__dict__)


class EditedRow(Row):
    """A row whose fields are changed on two sides.

    ``changed_at``: when each field last changed here, {field: time in ISO 8601}; keys of metadata as
    "metadata.<key>".
    """

    unaudited = Row.unaudited | {"changed_at"}
    changed_at = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def is_edited(cls, _name: str) -> bool:
        """Whether both sides may change the field."""
        return True


# The operator class of an index that also finds values by their beginning, whatever the collation.
BY_PREFIX = "varchar_pattern_ops"


def by_prefix(columns: int) -> list[str]:
    """The operator classes of an index over so many columns, the last of which is also found by prefix."""
    return [*["varchar_ops"] * (columns - 1), BY_PREFIX]


def listed_by_change(name: str) -> models.Index:
    """The index of lists that begin at a time of change, or are ordered by it."""
    return models.Index(fields=["environment", "updated_at", "id"], name=name)


def listed_by_metadata(name: str) -> GinIndex:
    """The index that finds rows by values of their metadata."""
    return GinIndex(fields=["metadata"], opclasses=["jsonb_path_ops"], name=name, gin_pending_list_limit=512)


def listed_by_rare(field: str, condition: models.Q, name: str) -> models.Index:
    """The index of lists of the few rows that are not as most are in the end: the newest ones first."""
    return models.Index(fields=["environment", field, "-created_at"], condition=condition, name=name)


class Status(WordedChoices):
    """Archived rows stay, because other rows point at them, but nothing new may use them."""

    ACTIVE = "active"
    ARCHIVED = "archived"


def status_of(active: bool) -> Status:
    """The status of a row that may, or may not, be used."""
    return Status.ACTIVE if active else Status.ARCHIVED
