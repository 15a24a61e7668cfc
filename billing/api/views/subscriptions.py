"""Subscriptions over the API."""

from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import ID, RowViewSet
from billing.api.field_errors import of_one
from billing.api.filters import SubscriptionFilter
from billing.api.serializers.subscriptions import (
    CancelInput,
    ItemChanges,
    SubscriptionInput,
    SubscriptionItemInput,
    SubscriptionSerializer,
)
from billing.events import Kind
from billing.facts import SubscriptionFacts
from billing.models import Subscription
from billing.services.subscriptions import item_edits, subscriptions


class SubscriptionViewSet(RowViewSet[Subscription]):
    """Who has agreed to pay for what."""

    named = {
        "destroy": ("delete", "Cancel a subscription at once"),
        "add_item": ("add_item", "Add an item to a subscription"),
        "update_item": ("update_item", "Update an item of a subscription"),
        "remove_item": ("remove_item", "Remove an item of a subscription"),
    }
    kind = Kind.SUBSCRIPTION
    queryset = Subscription.objects.prefetch_related("items")
    serializer_class = SubscriptionSerializer
    filterset_class = SubscriptionFilter
    inputs = {
        "create": SubscriptionInput,
        "partial_update": SubscriptionInput,
        "cancel": CancelInput,
        "add_item": SubscriptionItemInput,
        "update_item": ItemChanges,
    }

    def create(self, request: Request) -> Response:
        """A subscription of one customer to one or more prices of its currency."""
        facts = SubscriptionFacts(**self.parsed())
        return self.respond(subscriptions.create(environment_id=self.environment_id, facts=facts), 201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Only the fields that are sent change, and of metadata the keys; items are replaced as a whole."""
        changes = self.parsed()
        subscription = subscriptions.update(
            environment_id=self.environment_id, subscription_id=id, changes=changes
        )
        return self.respond(subscription)

    def destroy(self, request: Request, id: str) -> Response:
        """Cancels at once; the subscription stays readable."""
        return self._cancelled(id, at_period_end=False)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        """Cancels at once, or when the last period of its items ends."""
        return self._cancelled(id, at_period_end=self.parsed()["at_period_end"])

    @action(detail=True, methods=["post"], url_path="items")
    def add_item(self, request: Request, id: str) -> Response:
        """The last of its items; the others stay as they are."""
        item = self.parsed()
        with of_one("items"):
            subscription = item_edits.add(environment_id=self.environment_id, subscription_id=id, item=item)
        return self.respond(subscription, 201)

    @action(detail=True, methods=["patch"], url_path=rf"items/(?P<item_id>{ID})")
    def update_item(self, request: Request, id: str, item_id: str) -> Response:
        """Only the fields that are sent change, and of metadata the keys; the other items stay as they are.

        An item keeps its price: add another item for another price, and remove this one.
        """
        changes = self.parsed()
        named = {"environment_id": self.environment_id, "subscription_id": id, "item_id": item_id}
        with of_one("items"):
            subscription = item_edits.change(**named, changes=changes)
        return self.respond(subscription)

    @update_item.mapping.delete
    def remove_item(self, request: Request, id: str, item_id: str) -> Response:
        """The other items stay as they are; the last one cannot be removed."""
        named = {"environment_id": self.environment_id, "subscription_id": id, "item_id": item_id}
        return self.respond(item_edits.remove(**named))

    def _cancelled(self, id: str, *, at_period_end: bool) -> Response:
        subscription = subscriptions.cancel(
            environment_id=self.environment_id,
            subscription_id=id,
            at_period_end=at_period_end,
            now=timezone.now(),
        )
        return self.respond(subscription)
