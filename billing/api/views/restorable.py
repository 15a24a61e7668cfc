"""What can be archived, and be made active again."""

from typing import TypeVar

from django.db.models import Model
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.base_views import RowViewSet
from billing.services import restoring
from billing.services.restoring import Anew

RowT = TypeVar("RowT", bound=Model)


class RestorableViewSet(RowViewSet[RowT]):
    """Rows with ``POST .../restore``."""

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:
        """Makes an archived one active again; an active one is returned as it is.

        Refused (409) while another has its external_id or lookup_key, and where the provider has deleted its
        object, unless `create_anew` says that another one is to be made there.
        """
        assert self.kind is not None
        asked = self.parsed()
        anew = Anew(caller(request), asked["reason"]) if asked["create_anew"] else None
        return self.respond(
            restoring.restore(self.kind, environment_id=self.environment_id, row_id=id, anew=anew)
        )
