"""``/v1/alarms``: what is wrong with connections, and the agreement to what an alarm asks for."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from integrations.api.alarm_serializers import AlarmSerializer
from integrations.api.empty_body import EmptyBody, refuse_body
from integrations.api.filters import AlarmFilter
from integrations.api.row_viewset import RowViewSet
from integrations.models import Alarm
from integrations.models.alarms import AlarmCode
from integrations.reconcile.catch_up import gaps
from integrations.reconcile.recovering import recoveries


class AlarmViewSet(RowViewSet[Alarm]):
    """What is wrong with connections."""

    noun = "alarm"
    queryset = Alarm.objects.select_related("connection")
    serializer_class = detail_serializer_class = AlarmSerializer
    filterset_class = AlarmFilter
    inputs = {"agree": EmptyBody}
    responses = {"agree": {200: AlarmSerializer}}

    def agree(self, request: Request, id: str) -> Response:
        """Agrees to what the alarm asks for: an import of what changed, or a recovery after a restore."""
        refuse_body(request)
        alarm = self.row(id)
        restored = alarm.code == AlarmCode.DATABASE_RESTORED
        (recoveries if restored else gaps).agree(alarm, caller(request), timezone.now())
        return self.respond(id, status=200)
