"""Invoices over the API."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import RowViewSet
from billing.api.filters import InvoiceFilter
from billing.api.serializers.excess import EXCESS_PAYMENTS
from billing.api.serializers.invoices import CREDIT_NOTE_IDS, InvoiceInput, InvoiceSerializer
from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import CreditNote, Invoice
from billing.services.invoices import endings, invoices

_CREDIT_NOTES = CreditNote.objects.filter(invoice=OuterRef("pk"))


class InvoiceViewSet(RowViewSet[Invoice]):
    """What is owed."""

    kind = Kind.INVOICE
    queryset = Invoice.objects.prefetch_related("lines", EXCESS_PAYMENTS).annotate(
        **{CREDIT_NOTE_IDS: ArraySubquery(_CREDIT_NOTES.values("pk"))}
    )
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    inputs = {"create": InvoiceInput, "partial_update": InvoiceInput}

    def create(self, request: Request) -> Response:
        """A draft; its totals follow from its lines."""
        facts = InvoiceFacts(**({"lines": ()} | self.parsed()))
        return self.respond(invoices.create(environment_id=self.environment_id, facts=facts), 201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Drafts only. The fields that are sent change; lines and metadata are replaced as a whole."""
        changes = self.parsed()
        return self.respond(
            endings.update(environment_id=self.environment_id, invoice_id=id, changes=changes)
        )

    def destroy(self, request: Request, id: str) -> Response:
        """Voids, as POST /v1/invoices/{id}/void does: invoices stay readable."""
        return self._voided(id)

    @action(detail=True, methods=["post"])
    def finalize(self, request: Request, id: str) -> Response:
        """Gives the draft its number and makes it due; a finalized one is returned as it is."""
        self.parsed()
        return self.respond(
            invoices.finalize(environment_id=self.environment_id, invoice_id=id, now=timezone.now())
        )

    @action(detail=True, methods=["post"])
    def void(self, request: Request, id: str) -> Response:
        """Nothing is due any more; refused once money was received."""
        self.parsed()
        return self._voided(id)

    @action(detail=True, methods=["post"])
    def mark_uncollectible(self, request: Request, id: str) -> Response:
        """Finalized ones only: the money is no longer expected, though it may still come."""
        self.parsed()
        return self.respond(
            endings.mark_uncollectible(environment_id=self.environment_id, invoice_id=id, now=timezone.now())
        )

    def _voided(self, id: str) -> Response:
        return self.respond(
            endings.void(environment_id=self.environment_id, invoice_id=id, now=timezone.now())
        )
