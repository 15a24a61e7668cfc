"""``GET /v1/integrations/mappings``: the mappings of one row."""

from collections.abc import Iterable

from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.pagination import PARAMETERS
from billing.errors import Invalid
from integrations.api.flexprice.mapping_serializers import MappingAliasSerializer
from integrations.api.mappings import MappingViewSet


class MappingAliasViewSet(MappingViewSet):
    """As `GET /v1/mappings`, of one row."""

    serializer_class = MappingAliasSerializer

    def list(self, request: Request) -> Response:
        """Returns the row's mappings; `entity_type` and `entity_id` are required."""
        missing = {"entity_type", "entity_id"} - set(request.query_params)
        if missing:
            raise Invalid.of(dict.fromkeys(sorted(missing), "Send it."))
        return super().list(request)

    def known_parameters(self) -> Iterable[str]:
        """The row, and paging."""
        return PARAMETERS | {"entity_type", "entity_id"}
