"""Customers are the same by the integrator's id, and probably by their e-mail, whatever its case.

Those who share no more than a name may still be one: that is asked before one of them is doubled.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from billing import texts
from billing.models import Customer
from billing.models.base import Status
from integrations.provider_api import Clues
from integrations.reconcile.linking.naming import Name, Naming, Values, each


def _rows(environment_id: str) -> QuerySet[Any]:
    active = Customer.objects.filter(environment_id=environment_id, status=Status.ACTIVE)
    return active.annotate(lower_email=Lower("email"), lower_name=Lower("name"))


def _of(one: Customer | Clues) -> Iterable[Name]:
    yield "external_id", one.external_id
    yield "email", texts.folded(one.email or "")
    yield "name", one.name.lower()


def _such(values: Values) -> Q:
    is_known = Q(external_id__in=values["external_id"]) | Q(lower_email__in=values["email"])
    return is_known | Q(lower_name__in=values["name"])


def _label(customer: Customer) -> str:
    return f"{customer.name} <{customer.email}>" if customer.email else customer.name


CUSTOMERS = Naming(
    rows=_rows,
    certain=("external_id",),
    probable=("email",),
    doubtful=("name",),
    of_row=_of,
    of_objects=each(_of),
    such=_such,
    label=_label,
)
