"""``/v1/customers/lookup/{key}`` and ``/v1/prices/lookup/{key}``: one row by a key of the caller's own."""

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.views.customers_by_external_id import CustomerByExternalIdViewSet
from billing.api.views.prices import PriceViewSet
from billing.errors import NotFound
from billing.models.base import Status


class CustomerLookup(CustomerByExternalIdViewSet):
    """As `GET /v1/customers/external/{external_id}`."""

    def lookup(self, request: Request, lookup_key: str) -> Response:
        """The active customer that has it."""
        return self.retrieve_external(request, lookup_key)

    def known_parameters(self) -> set[str]:
        """What can be expanded."""
        return {"expand"}


class PriceLookup(PriceViewSet):
    """As `GET /v1/prices?lookup_key=`, of the active price alone."""

    def lookup(self, request: Request, lookup_key: str) -> Response:
        """The active price that has it."""
        found = self.get_queryset().filter(lookup_key=lookup_key, status=Status.ACTIVE).first()
        if found is None:
            raise NotFound(f"There is no active price with the lookup_key {lookup_key}.")
        return self.retrieve(request, found.pk)

    def known_parameters(self) -> set[str]:
        """What can be expanded."""
        return {"expand"}
