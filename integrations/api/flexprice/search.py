"""``POST /v1/customers/search`` and the like: a list whose filters are in the body, by FlexPrice's names."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import RowViewSet, refuse_unknown
from billing.api.views.customers import CustomerViewSet
from billing.api.views.invoices import InvoiceViewSet
from billing.api.views.plans import PlanViewSet
from billing.api.views.prices import PriceViewSet
from billing.api.views.subscriptions import SubscriptionViewSet
from billing.errors import Invalid

# Of every list: FlexPrice's name of a filter, and ours; `after` reads on where an `offset` ends.
COMMON = {
    "limit": "limit",
    "offset": "offset",
    "after": "after",
    "expand": "expand",
    "start_time": "created_after",
    "end_time": "created_before",
}
STATUSES = {"published": "active"}
# What is sent by another name and means no filter of ours.
UNKNOWN = "{} (in a search)"


class Search(RowViewSet[Any]):
    """A list that is asked for with POST, and changes nothing. ``names``: of its own filters."""

    only_reads = True
    has_versions = False
    names: ClassVar[Mapping[str, str]] = {}

    def search(self, request: Request) -> Response:
        """As GET of the list; what FlexSync has no filter for is refused by its name."""
        request._request.GET = self._query(request.data)  # type: ignore[assignment]
        self.action = "list"
        refuse_unknown(request, self.known_parameters())
        return self.list(request)

    def handle_exception(self, error: Exception) -> Response:
        """As usual; fields have the names by which they were sent."""
        response = super().handle_exception(error)
        if response.status_code == 400 and (sent := self._sent(response.data["details"])):
            response.data |= {"details": sent, "message": "; ".join(f"{one}: {sent[one]}" for one in sent)}
        return response

    def _sent(self, details: Mapping[str, str]) -> dict[str, str]:
        asked = self.request.data if isinstance(self.request.data, dict) else {}
        theirs = {self._own(name): name for name in asked} | {"ordering": "sort"}
        return {theirs.get(name, name): text for name, text in details.items()}

    def _query(self, body: Any) -> QueryDict:
        if not isinstance(body, dict):
            raise Invalid.of({"body": "Send an object with filters, or nothing."})
        query = QueryDict(mutable=True)
        sent = {name: value for name, value in body.items() if value is not None}
        if ordering := _ordering(sent.pop("sort", None), sent.pop("order", "desc")):
            query["ordering"] = ordering
        for name, value in sent.items():
            query[self._own(name)] = _text(name, value)
        return query

    def _own(self, name: str) -> str:
        """Our name of the filter; one that nobody knows stays as it is, and is refused."""
        return {**COMMON, **self.names}.get(name, UNKNOWN.format(name))


class CustomerSearch(Search, CustomerViewSet):
    names = {"customer_ids": "id", "external_id": "external_id", "email": "email", "status": "status"}


class PlanSearch(Search, PlanViewSet):
    names = {"plan_ids": "id", "lookup_key": "lookup_key", "status": "status"}


class PriceSearch(Search, PriceViewSet):
    names = {"price_ids": "id", "plan_ids": "plan_id", "status": "status"}


class SubscriptionSearch(Search, SubscriptionViewSet):
    names = {"subscription_ids": "id", "customer_id": "customer_id", "subscription_status": "status"}


class InvoiceSearch(Search, InvoiceViewSet):
    names = {
        "invoice_ids": "id",
        "customer_id": "customer_id",
        "subscription_id": "subscription_id",
        "invoice_status": "status",
        "payment_status": "payment_status",
    }


SEARCHES = {
    "customers": CustomerSearch,
    "plans": PlanSearch,
    "prices": PriceSearch,
    "subscriptions": SubscriptionSearch,
    "invoices": InvoiceSearch,
}


def _ordering(sort: Any, order: Any) -> str:
    """``-created_at``, of a field and asc or desc, or of a list of such pairs; "" where nothing is sent."""
    if sort is None:
        return ""
    pairs = sort if isinstance(sort, list) else [{"field": sort, "direction": order}]
    if not all(isinstance(one, dict) and isinstance(one.get("field"), str) for one in pairs):
        raise Invalid.of({"sort": 'Send a field such as "created_at", or [{"field", "direction"}].'})
    if not all(one.get("direction", "desc") in ("asc", "desc") for one in pairs):
        raise Invalid.of({"order": "Send asc or desc."})
    return ",".join(f"{'' if one.get('direction') == 'asc' else '-'}{one['field']}" for one in pairs)


def _text(name: str, value: Any) -> str:
    """The value as a query has it; FlexPrice writes some statuses in capital letters."""
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) or type(one) is int for one in parts):
        raise Invalid.of({name: "Send a text or a number, or a list of them."})
    texts = [str(one) for one in parts]
    if name.endswith("status"):
        texts = [STATUSES.get(one.lower(), one.lower()) for one in texts]
    return ",".join(texts)
