"""Invoices are linked by ids alone; of two that ask a customer for as much, none is doubled unasked."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from integrations.provider_api import Clues
from integrations.reconcile.linking.counterparts import Known
from integrations.reconcile.linking.naming import Name, Naming, Values

_ASKED = (InvoiceStatus.FINALIZED, InvoiceStatus.UNCOLLECTIBLE)


def _rows(environment_id: str) -> QuerySet[Any]:
    return Invoice.objects.filter(environment_id=environment_id, status__in=_ASKED)


def _of_row(invoice: Invoice) -> Iterable[Name]:
    yield "debt", (invoice.customer_id, invoice.total, invoice.currency)


def _of_objects(known: Known, clues: Mapping[str, Clues]) -> Mapping[str, Iterable[Name]]:
    customers = known(Kind.CUSTOMER, {one.customer for one in clues.values()})
    return {
        id: [("debt", (customers[one.customer], *one.money))]
        for id, one in clues.items()
        if one.money and one.customer in customers
    }


def _such(values: Values) -> Q:
    return Q(customer_id__in={customer_id for customer_id, *_ in values["debt"]})


INVOICES = Naming(rows=_rows, doubtful=("debt",), of_row=_of_row, of_objects=_of_objects, such=_such)
