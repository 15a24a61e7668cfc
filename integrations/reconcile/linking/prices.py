"""Prices of one plan on both sides are probably the same by what never changes of them.

With the same lookup key they certainly are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from billing.events import Kind
from billing.facts import PriceFacts
from billing.models import Price
from billing.models.base import Status
from billing.services.catalog import plans
from integrations.provider_api import Clues
from integrations.reconcile.linking.counterparts import Known
from integrations.reconcile.linking.naming import Name, Naming, Values


def _rows(environment_id: str) -> QuerySet[Any]:
    return Price.objects.select_related("plan").filter(environment_id=environment_id, status=Status.ACTIVE)


def _of_row(price: Price) -> Iterable[Name]:
    return _names(price.plan_id, plans.price_facts(price))


def _of_objects(known: Known, clues: Mapping[str, Clues]) -> Mapping[str, Iterable[Name]]:
    plan_ids = known(Kind.PLAN, {one.plan for one in clues.values()})
    return {
        id: list(_names(plan_ids[one.plan], one.price))
        for id, one in clues.items()
        if one.price and one.plan in plan_ids
    }


def _names(plan_id: str, facts: PriceFacts) -> Iterable[Name]:
    yield "terms", (plan_id, facts.terms)
    if facts.lookup_key:
        yield "lookup_key", (plan_id, facts.terms, facts.lookup_key)


def _such(values: Values) -> Q:
    plan_ids = {plan_id for plan_id, _ in values["terms"]}
    amounts = {terms.unit_amount for _, terms in values["terms"]}
    return Q(plan_id__in=plan_ids, unit_amount__in=amounts)


PRICES = Naming(
    rows=_rows,
    certain=("lookup_key",),
    probable=("terms",),
    of_row=_of_row,
    of_objects=_of_objects,
    such=_such,
)
