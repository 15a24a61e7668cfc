"""``/v1/customers/external/{external_id}``: a customer by the id that another system gives it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api import versions
from billing.api.schema import ViewSchema
from billing.api.serializers.customers import CustomerInput
from billing.api.views.customers import CustomerViewSet
from billing.errors import NotFound
from billing.persistence import expected_versions
from billing.services.customers import by_external_id, customers


class PutSchema(ViewSchema):
    """Says that one call answers with either status."""

    def get_response_serializers(self) -> Any:
        """Both show the customer."""
        found = super().get_response_serializers()
        return found if self.method == "GET" else {201: found[200]} | found

    def _has_versions(self) -> bool:
        return self.method == "PUT"


class CustomerByExternalIdViewSet(CustomerViewSet):
    """The active customer that has the external_id."""

    named = {
        "retrieve_external": ("get_by_external_id", "Get a customer by its external id"),
        "put_external": ("put_by_external_id", "Create or update a customer by its external id"),
    }
    schema = PutSchema()
    http_method_names = ["get", "head", "put"]
    inputs = {"put_external": CustomerInput}

    def retrieve_external(self, request: Request, external_id: str) -> Response:
        """Archived customers have given their external_id up, and are not found by it."""
        return self.retrieve(request, self._known(external_id))

    def put_external(self, request: Request, external_id: str) -> Response:
        """201 with a new customer, or 200 with the one that has it: only what is sent of it changes.

        Whoever sends the same at the same moment gets the same customer. With If-Match none is made.
        """
        body = CustomerInput(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        customer, is_new = by_external_id.put(
            environment_id=self.environment_id,
            external_id=external_id,
            changes=body.validated_data,
            seen=self.kwargs.get("id", ""),
        )
        return self.respond(customer, 201 if is_new else 200)

    def expect_version(self, request: Request) -> None:
        """Of the customer that has the external_id; raises NotFound where none has it."""
        if request.method == "PUT":
            self.kwargs = {**self.kwargs, "id": self._known(self.kwargs["external_id"])}
            expected_versions.expect(self.kwargs["id"], versions.wanted(request))
        else:
            super().expect_version(request)

    def _known(self, external_id: str) -> str:
        found = customers.of_external_id(self.environment_id, external_id)
        if not found:
            raise NotFound(f"There is no active customer with the external_id {external_id}.")
        return found

    def known_parameters(self) -> set[str]:
        """What can be expanded."""
        return {"expand"} if self.action == "retrieve_external" else set()
