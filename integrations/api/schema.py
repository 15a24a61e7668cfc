"""How these views describe themselves in OpenAPI: ``responses`` by action, and their own query parameters."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from billing.api.schema import ViewSchema, known_parameters

WHICH_CONNECTION = OpenApiParameter(
    "connection_id",
    {"type": "string", "minLength": 1},
    description="Which connection. Needed when there are several.",
)


class RowSchema(ViewSchema):
    """``responses``: {action: {status: serializer}}, "" without actions; ``parameters``: of POSTs."""

    def get_response_serializers(self) -> Any:
        """Returns the view's ``responses``, and the errors that are possible instead."""
        responses = getattr(self.view, "responses", {}).get(getattr(self.view, "action", ""))
        return responses | self._errors() if responses else super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        """Adds the view's own, as far as this call knows them."""
        known = known_parameters(self.view)
        own = [one for one in getattr(self.view, "parameters", ()) if one.name in known]
        return [*super().get_override_parameters(), *own]
