"""How these doors describe themselves in OpenAPI: ``answers`` by action, and their own query parameters."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from billing.api.schema import EXPAND, DoorSchema

WHICH_CONNECTION = OpenApiParameter("connection_id", str, description="Needed when there are several.")


class RowSchema(DoorSchema):
    """``answers``: {action: {status: serializer}}, "" for a view without actions; ``parameters``: of its POSTs."""

    def get_response_serializers(self) -> Any:
        """What the door says it answers, and the errors that can come instead."""
        answers = getattr(self.view, "answers", {}).get(getattr(self.view, "action", ""))
        return answers | self._errors() if answers else super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        """Nothing here can be expanded."""
        known = [one for one in super().get_override_parameters() if one is not EXPAND]
        return known + list(getattr(self.view, "parameters", ()))
