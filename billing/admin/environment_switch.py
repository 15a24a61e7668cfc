"""The environment that an operator works in: chosen in the header, kept in the session, for every page.

Lists show its rows only. A row of another one is shown where its address was opened, and says so.
"""

from functools import reduce
from typing import Any, cast

from django.contrib.admin import RelatedFieldListFilter
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.http import HttpRequest

from billing.admin.unfold_types import ChangeList
from billing.models import Environment

# In the session: id and name of the one that was chosen, nothing for all.
IN_SESSION = "environment"
MOST_STEPS = 3


def chosen(request: HttpRequest) -> str:
    """The id of the environment that was chosen, "" for all."""
    return _kept(request)[0]


def chosen_name(request: HttpRequest) -> str:
    """What it was called when it was chosen, "" for all."""
    return _kept(request)[1]


def _kept(request: HttpRequest) -> tuple[str, str]:
    environment_id, name = getattr(request, "session", {}).get(IN_SESSION) or ("", "")
    return str(environment_id), str(name)


def choose(request: HttpRequest, environment_id: str) -> None:
    """Chooses one, or all with "" or an id that none has."""
    found = Environment.objects.filter(pk=environment_id).values_list("pk", "name").first()
    request.session[IN_SESSION] = found


def only_chosen(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of the chosen environment, with those of none; all where all were chosen."""
    environment_id, steps = chosen(request), _steps(rows.model)
    return rows.filter(_belongs(rows.model, steps, environment_id)) if environment_id and steps else rows


def other(request: HttpRequest, row: Model) -> str:
    """The name of the row's environment, where another one was chosen; else ""."""
    environment_id, steps = chosen(request), _steps(type(row))
    if not environment_id or not steps:
        return ""
    own = reduce(lambda one, name: getattr(one, name, None), steps, cast(Any, row))
    return str(own) if own is not None and own.pk != environment_id else ""


def _steps(model: type[Model]) -> tuple[str, ...]:
    """The foreign keys that lead from the model to its environment, as few as do; () where none does."""
    ways: list[tuple[type[Model], tuple[str, ...]]] = [(model, ())]
    for at, steps in ways:
        if at is Environment:
            return steps
        keys = [field for field in at._meta.concrete_fields if isinstance(field, ForeignKey)]
        ways += [(key.related_model, (*steps, key.name)) for key in keys if len(steps) < MOST_STEPS]
    return ()


def _belongs(model: type[Model], steps: tuple[str, ...], environment_id: str) -> Q:
    """Of rows that belong to a connection or the like, the ids of those are read first.

    Else PostgreSQL would not know how few of the rows they have, and read them all.
    """
    first, *rest = steps
    field: Any = model._meta.get_field(first)
    if not rest:
        of_none = Q(**{f"{first}__isnull": True}) if field.null else Q(pk__in=[])
        return Q(**{first: environment_id}) | of_none
    owners = field.related_model._default_manager.order_by()
    ids = owners.filter(_belongs(field.related_model, tuple(rest), environment_id)).values_list(
        "pk", flat=True
    )
    return Q(**{f"{first}__in": list(ids)})


class SwitchedList(ChangeList):
    """A list that shows the rows of the chosen environment."""

    def get_queryset(self, request: HttpRequest, *args: Any, **named: Any) -> QuerySet[Any]:
        """Those that fit the filters and the search, too."""
        page: Any = self.model_admin
        self.root_queryset = page.of_environment(request, self.root_queryset)
        return super().get_queryset(request, *args, **named)


class NeighbourFilter(RelatedFieldListFilter):
    """Filters by a neighbour of the chosen environment."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        """Those that can be chosen."""
        rows = only_chosen(request, field.related_model._default_manager.all())
        return [(row.pk, str(row)) for row in rows]
