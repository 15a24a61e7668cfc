"""A kind of problem: which rows they are, what they are grouped by, and what is to be done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateTimeField, DecimalField, Expression, F, Model, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import MD5, Cast, Left

from billing import money
from integrations.db.causes import without_ids
from integrations.triage import words

# A key is "code:environment:connection:digest of the cause".
KEY_PARTS = 3
TEXT, TIME = CharField(), DateTimeField()
AMOUNT = DecimalField(max_digits=money.AMOUNT_DIGITS + 9, decimal_places=money.AMOUNT_PLACES)
NOTHING: Expression = Value("", output_field=TEXT)
ZERO: Expression = Value(0, output_field=AMOUNT)
NEVER: Expression = Cast(Value(None), TIME)
CONNECTION = F("connection_id")


@dataclass(frozen=True)
class ProblemKind:
    """Rows that need a person, grouped by ``cause`` and connection.

    ``title``: what they are called on a page. ``model``: whose list shows them, by the column ``shown``.
    ``seen``: since when a row is one of them. ``currency`` and ``amount``: the money that is at stake;
    ``deadline``: until when something can be done. ``again``: what trying all again is called, "" for none.
    ``is_each``: the cause names the row, so that each is a group of its own. ``at_doctor``: what says
    more is the doctor's page of the connection. ``worded``(cause): as people read a cause made of codes.
    ``about``: the column that names the row here, or the provider's object, whose timeline tells of it; ""
    for what has none.
    """

    code: str
    title: str
    remedy: str
    model: type[Model]
    rows: Callable[[], QuerySet[Any]]
    seen: str
    cause: Expression | F = NOTHING
    connection: Expression | F = CONNECTION
    environment: str = "connection__environment_id"
    currency: Expression | F = NOTHING
    amount: Combinable = ZERO
    deadline: Expression | F = NEVER
    again: str = ""
    shown: str = "pk"
    is_each: bool = False
    at_doctor: bool = False
    worded: Callable[[str], str] = words.of_reason
    about: str = ""

    def rows_of(self, key: str) -> QuerySet[Any]:
        """The rows of the group with this key, the oldest first."""
        _, environment_id, connection_id, cause = key.split(":")
        named = self.rows().annotate(
            group_cause=MD5(self.named_cause()),
            group_connection=self.connection,
            group_environment=F(self.environment),
        )
        of_group = {
            "group_cause": cause,
            "group_connection": connection_id,
            "group_environment": environment_id,
        }
        found: QuerySet[Any] = named.filter(**of_group).order_by("pk")
        return found

    def named_cause(self) -> Any:
        """The cause, without the ids in it: rows that differ in nothing else are one group."""
        if self.cause is NOTHING:
            return NOTHING
        return Left(Cast(self.cause, TEXT) if self.is_each else without_ids(self.cause), words.LONGEST_CAUSE)
