"""Plans over the API."""

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.filters import PlanFilter
from billing.api.serializers.plans import PlanInput, PlanSerializer
from billing.api.serializers.restoring import RestoreInput
from billing.api.views.restorable import RestorableViewSet
from billing.events import Kind
from billing.facts import PlanFacts
from billing.models import Plan
from billing.services.catalog import plans


class PlanViewSet(RestorableViewSet[Plan]):
    """What is sold."""

    kind = Kind.PLAN
    queryset = Plan.objects.all()
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    inputs = {"create": PlanInput, "partial_update": PlanInput, "restore": RestoreInput}

    def create(self, request: Request) -> Response:
        """An active plan; its prices are made at /v1/prices."""
        facts = PlanFacts(**self.parsed())
        return self.respond(plans.create(environment_id=self.environment_id, facts=facts), 201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Only the fields that are sent change, and of metadata the keys."""
        changes = self.parsed()
        return self.respond(plans.update(environment_id=self.environment_id, plan_id=id, changes=changes))

    def destroy(self, request: Request, id: str) -> Response:
        """Archives: the plan stays readable, but its prices can no longer be subscribed to."""
        return self.respond(plans.archive(environment_id=self.environment_id, plan_id=id))
