"""``/v1/credit_notes``: issues credit notes where their invoices are, lists and voids them."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.authentication import caller
from billing.api.base_views import RowViewSet
from billing.api.idempotency import HEADER
from billing.api.money_filters import CreditNoteFilter
from billing.api.schema import ViewSchema
from billing.api.serializers.credit_notes import CreditNoteInput, CreditNoteSerializer
from billing.api.strict import StrictInput
from billing.events import Kind
from billing.models import CreditNote
from billing.services.invoices.credit_notes import CreditNoteRequest
from integrations.api.dry_run import DRY_RUN, DryRunSerializer, dry_run_response
from integrations.api.schema import RowSchema
from integrations.payments import credit_notes


class DryRunQuery(serializers.Serializer[Any]):
    """The query string."""

    dry_run = serializers.BooleanField(default=False)


class CreditNoteSchema(RowSchema):
    """Offers the dry run where a credit note is issued."""

    def get_override_parameters(self) -> list[Any]:
        """With ``dry_run``, and ``expand`` where rows are read."""
        found = ViewSchema.get_override_parameters(self)
        return [*found, DRY_RUN] if getattr(self.view, "action", "") == "create" else found


class CreditNoteViewSet(RowViewSet[CreditNote]):
    """What is taken off finalized invoices, or given back of paid ones."""

    kind = Kind.CREDIT_NOTE
    noun = "credit note"
    idempotency = "reserve"
    schema = CreditNoteSchema()
    queryset = CreditNote.objects.all()
    serializer_class = CreditNoteSerializer
    filterset_class = CreditNoteFilter
    inputs = {"create": CreditNoteInput, "void": StrictInput}
    responses = {"create": {201: CreditNoteSerializer, 202: CreditNoteSerializer, 200: DryRunSerializer}}

    def create(self, request: Request) -> Response:
        """201 with the credit note; 202 while its provider has not answered yet.

        First it lowers what the invoice still asks for; of what was paid already, `refund`, `to_balance` and
        `out_of_band` say where it goes back to, and must add up to it. 409 when they do not, when it is too
        much, or when the provider refuses it.
        """
        fields = dict(self.parsed())
        invoice_id = fields.pop("invoice_id")
        arguments: dict[str, Any] = {"environment_id": self.environment_id, "invoice_id": invoice_id}
        arguments |= {"request": CreditNoteRequest(**fields), "now": timezone.now()}
        if self._is_dry():
            connection = credit_notes.connection_of(self.environment_id, invoice_id)
            return dry_run_response(connection, credit_notes.plan(**arguments))
        key = request.headers.get(HEADER, "")
        note = credit_notes.issue(
            **arguments, started_by=caller(request), idempotency_key=f"api-{key}" if key else ""
        )
        waits = bool(note.connection_id) and not note.gateway_credit_note_id
        return self.respond(note, 202 if waits else 201)

    def void(self, request: Request, id: str) -> Response:
        """The invoice asks for its amount again; refused once something went back, or the invoice is paid."""
        self.parsed()
        note = credit_notes.void(
            environment_id=self.environment_id,
            credit_note_id=id,
            now=timezone.now(),
            started_by=caller(request),
        )
        return self.respond(note)

    def known_parameters(self) -> Any:
        """A dry run, where one is issued."""
        return {"dry_run"} if self.action == "create" else super().known_parameters()

    def _is_dry(self) -> bool:
        query = DryRunQuery(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return bool(query.validated_data["dry_run"])
