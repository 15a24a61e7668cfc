"""Invoices over the API."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import ID, RowViewSet
from billing.api.field_errors import of_one
from billing.api.filters import InvoiceFilter
from billing.api.serializers.excess import EXCESS_PAYMENTS
from billing.api.serializers.invoices import (
    CREDIT_NOTE_IDS,
    InvoiceInput,
    InvoiceSerializer,
    LineChanges,
    NewLineInput,
)
from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import CreditNote, Invoice
from billing.services.invoices import endings, invoices, line_edits

_CREDIT_NOTES = CreditNote.objects.filter(invoice=OuterRef("pk"))


class InvoiceViewSet(RowViewSet[Invoice]):
    """What is owed."""

    named = {
        "destroy": ("delete", "Void an invoice"),
        "mark_uncollectible": ("mark_uncollectible", "Mark an invoice uncollectible"),
        "add_line": ("add_line", "Add a line to an invoice"),
        "update_line": ("update_line", "Update a line of an invoice"),
        "remove_line": ("remove_line", "Remove a line of an invoice"),
    }
    kind = Kind.INVOICE
    queryset = Invoice.objects.prefetch_related("lines", EXCESS_PAYMENTS).annotate(
        **{CREDIT_NOTE_IDS: ArraySubquery(_CREDIT_NOTES.values("pk"))}
    )
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    # These look at the providers first, outside of any transaction.
    reserving = frozenset({"partial_update", "destroy", "void", "mark_uncollectible"})
    inputs = {
        "create": InvoiceInput,
        "partial_update": InvoiceInput,
        "add_line": NewLineInput,
        "update_line": LineChanges,
    }

    def create(self, request: Request) -> Response:
        """A draft; its totals follow from its lines."""
        facts = InvoiceFacts(**({"lines": ()} | self.parsed()))
        return self.respond(invoices.create(environment_id=self.environment_id, facts=facts), 201)

    def partial_update(self, request: Request, id: str) -> Response:
        """Drafts only. What is sent changes, and of metadata the keys; lines are replaced as a whole."""
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

    @action(detail=True, methods=["post"], url_path="lines")
    def add_line(self, request: Request, id: str) -> Response:
        """The last line of a draft; the others stay as they are."""
        line = self.parsed()
        with of_one("lines"):
            invoice = line_edits.add(environment_id=self.environment_id, invoice_id=id, line=line)
        return self.respond(invoice, 201)

    @action(detail=True, methods=["patch"], url_path=rf"lines/(?P<line_id>{ID})")
    def update_line(self, request: Request, id: str, line_id: str) -> Response:
        """Of a draft. Only the fields that are sent change, and of metadata the keys; the other lines stay.

        An amount that follows from quantity and unit_amount follows again, and so does a tax from its rate.
        """
        changes = self.parsed()
        named = {"environment_id": self.environment_id, "invoice_id": id, "line_id": line_id}
        with of_one("lines"):
            invoice = line_edits.change(**named, changes=changes)
        return self.respond(invoice)

    @update_line.mapping.delete
    def remove_line(self, request: Request, id: str, line_id: str) -> Response:
        """Of a draft; the other lines stay as they are."""
        named = {"environment_id": self.environment_id, "invoice_id": id, "line_id": line_id}
        return self.respond(line_edits.remove(**named))

    def _voided(self, id: str) -> Response:
        return self.respond(
            endings.void(environment_id=self.environment_id, invoice_id=id, now=timezone.now())
        )
