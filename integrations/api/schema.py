"""How these views describe themselves in OpenAPI: ``responses`` by action, and their own query parameters."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from billing.api.schema import EXPAND, ViewSchema

WHICH_CONNECTION = OpenApiParameter(
    "connection_id", str, description="Which connection. Needed when there are several."
)


class RowSchema(ViewSchema):
    """``responses``: {action: {status: serializer}}, "" without actions; ``parameters``: of POSTs."""

    def get_response_serializers(self) -> Any:
        """Returns the view's ``responses``, and the errors that are possible instead."""
        responses = getattr(self.view, "responses", {}).get(getattr(self.view, "action", ""))
        return responses | self._errors() if responses else super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        """Returns the parameters without ``expand``: nothing here can be expanded."""
        inherited = [found for found in super().get_override_parameters() if found is not EXPAND]
        return inherited + list(getattr(self.view, "parameters", ()))
