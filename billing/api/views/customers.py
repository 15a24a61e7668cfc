"""Customers over the API."""

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.filters import CustomerFilter
from billing.api.serializers.customers import CustomerInput, CustomerSerializer
from billing.api.serializers.restoring import RestoreInput
from billing.api.views.restorable import RestorableViewSet
from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.services.customers import customers


class CustomerViewSet(RestorableViewSet[Customer]):
    """Who owes."""

    kind = Kind.CUSTOMER
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    inputs = {"create": CustomerInput, "partial_update": CustomerInput, "restore": RestoreInput}

    def create(self, request: Request) -> Response:
        """An active customer; its external_id must not be another active customer's."""
        facts = CustomerFacts(**self.parsed())
        return self.respond(customers.create(environment_id=self.environment_id, facts=facts), 201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Only the fields that are sent change, and of metadata the keys."""
        changes = self.parsed()
        customer = customers.update(environment_id=self.environment_id, customer_id=id, changes=changes)
        return self.respond(customer)

    def destroy(self, request: Request, id: str) -> Response:
        """Archives: the customer stays readable, nothing new may use it, and its external_id becomes free."""
        return self.respond(customers.archive(environment_id=self.environment_id, customer_id=id))
