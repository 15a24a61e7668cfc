"""Prices over the API."""

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.filters import PriceFilter
from billing.api.serializers.plans import PriceInput, PriceSerializer
from billing.api.serializers.restoring import RestoreInput
from billing.api.views.restorable import RestorableViewSet
from billing.events import Kind
from billing.facts import PriceFacts
from billing.models import Price
from billing.services.catalog import plans


class PriceViewSet(RestorableViewSet[Price]):
    """What a plan costs."""

    kind = Kind.PRICE
    queryset = Price.objects.all()
    serializer_class = PriceSerializer
    filterset_class = PriceFilter
    inputs = {"create": PriceInput, "partial_update": PriceInput, "restore": RestoreInput}

    def create(self, request: Request) -> Response:
        """An active price of a plan: flat, per package, or by tiers."""
        facts = PriceFacts(**self.parsed())
        return self.respond(plans.create_price(environment_id=self.environment_id, facts=facts), 201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Only description, lookup_key and metadata can change: for another amount make another price."""
        changes = self.parsed()
        return self.respond(
            plans.update_price(environment_id=self.environment_id, price_id=id, changes=changes)
        )

    def destroy(self, request: Request, id: str) -> Response:
        """Archives: the price stays readable, but can no longer be subscribed to."""
        return self.respond(plans.archive_price(environment_id=self.environment_id, price_id=id))
