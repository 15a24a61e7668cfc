"""Subscriptions of one customer to the same prices are probably the same: two would bill twice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from billing.events import Kind
from billing.models import Subscription
from billing.models.subscriptions import SubscriptionStatus
from integrations.provider_api import Clues
from integrations.reconcile.linking.counterparts import Known
from integrations.reconcile.linking.naming import Name, Naming, Values

_NOT_BILLED = (SubscriptionStatus.DRAFT, SubscriptionStatus.CANCELLED)


def _rows(environment_id: str) -> QuerySet[Any]:
    found = Subscription.objects.filter(environment_id=environment_id).exclude(status__in=_NOT_BILLED)
    return found.select_related("customer").prefetch_related("items")


def _of_row(subscription: Subscription) -> Iterable[Name]:
    yield "items", _items(subscription.customer_id, (item.price_id for item in subscription.items.all()))


def _of_objects(known: Known, clues: Mapping[str, Clues]) -> Mapping[str, Iterable[Name]]:
    customers = known(Kind.CUSTOMER, {one.customer for one in clues.values()})
    prices = known(Kind.PRICE, {price for one in clues.values() for price in one.prices})
    return {
        id: [("items", _items(customers[one.customer], (prices[price] for price in one.prices)))]
        for id, one in clues.items()
        if one.prices and one.customer in customers and prices.keys() >= set(one.prices)
    }


def _items(customer_id: str, price_ids: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    return customer_id, tuple(sorted(price_ids))


def _such(values: Values) -> Q:
    return Q(customer_id__in={customer_id for customer_id, _ in values["items"]})


def _label(subscription: Subscription) -> str:
    return f"{subscription.customer.name}, {subscription.status}"


SUBSCRIPTIONS = Naming(
    rows=_rows,
    probable=("items",),
    of_row=_of_row,
    of_objects=_of_objects,
    such=_such,
    label=_label,
)
