"""Plans are probably the same by their lookup key or name."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from billing.models import Plan
from billing.models.base import Status
from integrations.provider_api import Clues
from integrations.reconcile.linking.naming import Name, Naming, Values, each


def _rows(environment_id: str) -> QuerySet[Any]:
    active = Plan.objects.filter(environment_id=environment_id, status=Status.ACTIVE)
    return active.annotate(lower_name=Lower("name"), lower_key=Lower("lookup_key"))


def _of(one: Plan | Clues) -> Iterable[Name]:
    yield "lookup_key", one.lookup_key.lower()
    yield "name", one.name.lower()


def _such(values: Values) -> Q:
    return Q(lower_key__in=values["lookup_key"]) | Q(lower_name__in=values["name"])


PLANS = Naming(
    rows=_rows,
    probable=("lookup_key", "name"),
    of_row=_of,
    of_objects=each(_of),
    such=_such,
)
