"""``POST /v1/mappings/{id}/resolve``: decides what becomes of an object that is gone at the provider."""

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.strict import StrictInput
from integrations.api.history_serializers import MappingSerializer
from integrations.api.mapping_serializers import LONGEST_REASON
from integrations.api.mappings import MappingViewSet
from integrations.linking import gone_choices
from integrations.linking.pairs import Deed
from integrations.models.mappings import GoneChoice


class GoneChoiceInput(StrictInput):
    """The choice."""

    example = {"choice": "create_anew", "reason": "Deleted by mistake."}

    choice = serializers.ChoiceField(
        choices=GoneChoice.choices,
        help_text="`create_anew`: another object is made there. `archive`: the row is archived, cancelled or voided here"
        " as well. `leave`: nothing more is sent for it.",
    )
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why; kept with who did it.")


class GoneChoiceViewSet(MappingViewSet):
    """Decides about mappings whose object is gone."""

    # Ending an invoice looks at other providers first, outside any transaction.
    inputs = {"resolve": GoneChoiceInput}
    responses = {"resolve": {200: MappingSerializer}}

    def resolve(self, request: Request, id: str) -> Response:
        """Decides what becomes of an object that is gone at the provider; what it has blocked goes on."""
        body = GoneChoiceInput(data=request.data)
        body.is_valid(raise_exception=True)
        deed = Deed(caller(request), body.validated_data["reason"])
        gone_choices.resolve(self.row(id), GoneChoice(body.validated_data["choice"]), deed, timezone.now())
        return self.respond(id)
