"""Credit notes: what is taken off a finalized invoice, or given back of one that was paid."""

from django.db import models
from django.db.models import F, Q

from billing import money, texts
from billing.models.base import (
    BY_PREFIX,
    Row,
    amount_field,
    by_prefix,
    currency_field,
    id_field,
    listed_by_change,
    text_field,
)
from billing.models.choices import WordedChoices
from billing.models.customers import Customer
from billing.models.invoices import Invoice
from billing.state_changes import StateChanges


class CreditNoteStatus(WordedChoices):
    ISSUED = "issued"
    VOIDED = "voided"


class CreditNoteReason(WordedChoices):
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    ORDER_CHANGE = "order_change"
    PRODUCT_UNSATISFACTORY = "product_unsatisfactory"


class CreditNote(Row):
    """One credit note (amounts in major units).

    ``before_payment`` lowers what the invoice asks for; ``after_payment`` goes back of what was paid:
    ``refunded``, put ``to_balance`` of the customer, or given back ``out_of_band``. ``is_external``: it was
    issued at the gateway. ``lines``: [{"description", "quantity", "unit_amount", "amount",
    "invoice_line_item_id"}], numbers as text.
    """

    unaudited = Row.unaudited | {"idempotency_key", "pdf_url"}

    state_changes = StateChanges(
        "status",
        {
            ((), "issued"): "create",
            (("issued",), "voided"): "void, or refused by the provider",
            (("voided",), "issued"): "the provider did not void it",
        },
    )

    id = id_field("cnote")
    # Without an index of its own: one of those below begins with it.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="credit_notes", db_index=False
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    number = text_field()
    currency = currency_field()
    amount = amount_field()
    before_payment = amount_field()
    after_payment = amount_field()
    refunded = amount_field()
    to_balance = amount_field()
    out_of_band = amount_field()
    status = models.CharField(max_length=6, choices=CreditNoteStatus.choices, default=CreditNoteStatus.ISSUED)
    # A gateway may know more reasons than a caller may send.
    reason = text_field()
    memo = models.TextField(blank=True, default="")
    lines = models.JSONField(default=list, blank=True)
    connection_id = models.CharField(max_length=40, blank=True, default="")
    gateway = models.CharField(max_length=50, blank=True, default="")
    gateway_credit_note_id = models.CharField(max_length=255, blank=True, default="")
    pdf_url = models.URLField(max_length=texts.LONGEST, blank=True, default="")
    is_external = models.BooleanField(default=False)
    # The caller's, so that a repeated request issues one credit note.
    idempotency_key = models.CharField(max_length=255, blank=True, default="")
    started_by = models.CharField(max_length=150, blank=True, default="")
    issued_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount__gt=0,
                    before_payment__gte=0,
                    after_payment__gte=0,
                    refunded__gte=0,
                    to_balance__gte=0,
                    out_of_band__gte=0,
                ),
                name="credit_note_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(amount=F("before_payment") + F("after_payment")),
                name="credit_note_parts_make_amount",
            ),
            models.CheckConstraint(
                condition=Q(after_payment=F("refunded") + F("to_balance") + F("out_of_band")),
                name="credit_note_says_where_it_goes",
            ),
            models.CheckConstraint(
                condition=Q(status=CreditNoteStatus.VOIDED) ^ Q(voided_at__isnull=True),
                name="credit_note_voided_at",
            ),
            models.UniqueConstraint(
                fields=["environment", "gateway_credit_note_id", "gateway"],
                condition=~Q(gateway_credit_note_id=""),
                name="credit_note_gateway_credit_note_once",
                opclasses=["varchar_ops", BY_PREFIX, "varchar_ops"],
            ),
            models.UniqueConstraint(
                fields=["environment", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="credit_note_idempotency_key_once",
                opclasses=by_prefix(2),
            ),
            models.UniqueConstraint(fields=["id", "environment"], name="credit_note_of_environment"),
        ]
        indexes = [
            models.Index(fields=["environment", "-created_at"]),
            models.Index(fields=["customer", "-created_at"]),
            listed_by_change("credit_note_changed"),
            models.Index(
                fields=["environment", "number"],
                condition=~Q(number=""),
                opclasses=by_prefix(2),
                name="credit_note_number_prefix",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{money.with_currency(self.amount, self.currency)} {self.status}"
