"""Subscriptions over the API."""

from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import RowViewSet
from billing.api.filters import SubscriptionFilter
from billing.api.serializers.subscriptions import CancelInput, SubscriptionInput, SubscriptionSerializer
from billing.events import Kind
from billing.facts import SubscriptionFacts
from billing.models import Subscription
from billing.services.subscriptions import subscriptions


class SubscriptionViewSet(RowViewSet[Subscription]):
    """Who has agreed to pay for what."""

    kind = Kind.SUBSCRIPTION
    queryset = Subscription.objects.prefetch_related("items")
    serializer_class = SubscriptionSerializer
    filterset_class = SubscriptionFilter
    inputs = {
        "create": SubscriptionInput,
        "partial_update": SubscriptionInput,
        "cancel": CancelInput,
    }

    def create(self, request: Request) -> Response:
        """A subscription of one customer to one or more prices of its currency."""
        facts = SubscriptionFacts(**self.parsed())
        return self.respond(subscriptions.create(environment_id=self.environment_id, facts=facts), 201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Only the fields that are sent change; items and metadata are replaced as a whole."""
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

    def _cancelled(self, id: str, *, at_period_end: bool) -> Response:
        subscription = subscriptions.cancel(
            environment_id=self.environment_id,
            subscription_id=id,
            at_period_end=at_period_end,
            now=timezone.now(),
        )
        return self.respond(subscription)
