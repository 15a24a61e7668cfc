"""Invoices and their lines: what is owed."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from billing import texts
from billing.models.base import (
    BY_PREFIX,
    Audited,
    EditedRow,
    amount_field,
    by_prefix,
    currency_field,
    id_field,
    listed_by_change,
    listed_by_metadata,
    listed_by_rare,
    quantity_field,
    text_field,
    unit_amount_field,
)
from billing.models.choices import WordedChoices
from billing.models.collection import CollectionMethod
from billing.models.customers import Customer
from billing.models.plans import Price
from billing.models.subscriptions import Subscription
from billing.state_changes import StateChanges


class InvoiceStatus(WordedChoices):
    DRAFT = "draft"
    FINALIZED = "finalized"
    VOIDED = "voided"
    UNCOLLECTIBLE = "uncollectible"


class PaymentStatus(WordedChoices):
    """How far the money of an invoice has come; derived from its payments."""

    PENDING = "pending"
    PROCESSING = "processing"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    OVERPAID = "overpaid"
    FAILED = "failed"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


def overdue(now: datetime) -> Q:
    """Which invoices are: final, due before ``now``, and something of them remains."""
    return Q(status=InvoiceStatus.FINALIZED, amount_remaining__gt=0, due_date__lt=now)


class Invoice(EditedRow):
    """What one customer owes, in one currency.

    All amounts are major units and follow from lines and payments.
    """

    unaudited = EditedRow.unaudited | {"hosted_invoice_url", "pdf_url"}
    state_changes = StateChanges(
        "status",
        {
            ((), "draft"): "create",
            (("draft",), "finalized"): "finalize",
            (("finalized",), "uncollectible"): "mark uncollectible",
            (("draft", "finalized", "uncollectible"), "voided"): "void",
        },
    )

    id = id_field("inv")
    # Without an index of its own: one of those below begins with it.
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    number = models.CharField(max_length=texts.LONGEST_KEY, blank=True, default="")
    status = models.CharField(max_length=14, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT)
    payment_status = models.CharField(
        max_length=18, choices=PaymentStatus.choices, default=PaymentStatus.PENDING
    )
    currency = currency_field()
    subtotal = amount_field()
    discounts = amount_field()
    tax = amount_field()
    total = amount_field()
    # What credit notes took off it before it was paid.
    credited = amount_field()
    # What the customer's balance took off it; negative where what the customer owed from before was added.
    balance_applied = amount_field()
    amount_due = amount_field()
    amount_paid = amount_field()
    amount_remaining = amount_field()
    # What of amount_paid went back, and what disputes have taken of it.
    amount_refunded = amount_field()
    amount_disputed = amount_field()
    collection_method = models.CharField(
        max_length=20, choices=CollectionMethod.choices, default=CollectionMethod.CHARGE_AUTOMATICALLY
    )
    description = models.TextField(blank=True, default="")
    footer = models.TextField(blank=True, default="")
    due_date = models.DateTimeField(null=True, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    # Who collects it: the id of a connection, "" until one is named or chosen.
    connection_id = models.CharField(max_length=40, blank=True, default="")
    # How often the gateway has tried to collect it, when it tries again, and why the last attempt failed.
    attempt_count = models.PositiveIntegerField(default=0, editable=False)
    next_attempt_at = models.DateTimeField(null=True, blank=True, editable=False)
    failure_code = text_field(editable=False)
    failure_message = models.TextField(blank=True, default="", editable=False)
    # When the gateway sent it to the customer.
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    finalized_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    hosted_invoice_url = models.URLField(max_length=texts.LONGEST, blank=True, default="")
    pdf_url = models.URLField(max_length=texts.LONGEST, blank=True, default="")
    # It was made at a gateway, which alone changes, collects and ends it.
    is_external = models.BooleanField(default=False, editable=False)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        permissions = [("charge_invoice", "Can charge invoice"), ("void_invoice", "Can void invoice")]
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    discounts__gte=0, total__gte=0, credited__gte=0, amount_due__gte=0, amount_paid__gte=0
                ),
                name="invoice_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0, amount_refunded__lte=F("amount_paid"))
                & Q(amount_disputed__gte=0),
                name="invoice_lost_amounts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOIDED], amount_due=0)
                | Q(amount_due=F("total") - F("credited") - F("balance_applied")),
                name="invoice_due_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") - F("discounts") + F("tax")), name="invoice_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(amount_remaining=Greatest(F("amount_due") - F("amount_paid"), 0)),
                name="invoice_paid_and_remaining_make_due",
            ),
            models.CheckConstraint(
                condition=Q(amount_paid__lte=F("amount_due") + F("amount_refunded") + F("amount_disputed"))
                | Q(payment_status="overpaid"),
                name="invoice_paid_more_is_overpaid",
            ),
            models.CheckConstraint(
                condition=~Q(payment_status__in=["refunded", "partially_refunded"]) | Q(amount_remaining=0),
                name="invoice_refunded_is_not_due",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOIDED])
                | ~Q(number="") & Q(finalized_at__isnull=False),
                name="invoice_numbered_when_final",
            ),
            # Two accounts may number alike what they made.
            models.UniqueConstraint(
                fields=["environment", "number"],
                condition=~Q(number="") & Q(is_external=False),
                name="invoice_number_once",
                opclasses=by_prefix(2),
            ),
            models.UniqueConstraint(
                fields=["environment", "number", "connection_id"],
                condition=~Q(number="") & Q(is_external=True),
                name="invoice_external_number_once",
                opclasses=["varchar_ops", BY_PREFIX, "varchar_ops"],
            ),
            models.UniqueConstraint(fields=["id", "environment"], name="invoice_of_environment"),
            models.UniqueConstraint(fields=["id", "currency"], name="invoice_of_currency"),
        ]
        indexes = [
            models.Index(fields=["environment", "-created_at"]),
            models.Index(fields=["customer", "-created_at"]),
            models.Index(fields=["number"], name="invoice_number"),
            listed_by_change("invoice_changed"),
            listed_by_metadata("invoice_metadata"),
            listed_by_rare("status", ~Q(status=InvoiceStatus.FINALIZED), "invoice_not_final"),
            listed_by_rare("payment_status", ~Q(payment_status=PaymentStatus.SUCCEEDED), "invoice_not_paid"),
            # What is overdue.
            models.Index(
                fields=["environment", "due_date"],
                condition=Q(status=InvoiceStatus.FINALIZED, amount_remaining__gt=0),
                name="invoice_due",
            ),
        ]

    @classmethod
    def is_edited(cls, name: str) -> bool:
        """What is not: it follows from lines and payments."""
        return name in ("description", "footer", "due_date", "metadata")

    def __str__(self) -> str:
        return self.number or self.id

    @property
    def overdue(self) -> bool:
        """Whether it is now, as ``overdue`` finds it in lists."""
        is_open = self.status == InvoiceStatus.FINALIZED and self.amount_remaining > 0
        return is_open and self.due_date is not None and self.due_date < timezone.now()


class InvoiceLineItem(Audited):
    """One line. ``amount`` is quantity x unit_amount; the customer owes amount - discount + tax for it."""

    unaudited = Audited.unaudited | {"invoice_id", "currency", "position"}

    id = id_field("inv_line")
    # Without an index of its own: invoice_line_position_once begins with it.
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines", db_index=False)
    price = models.ForeignKey(
        Price, on_delete=models.PROTECT, null=True, blank=True, related_name="invoice_lines"
    )
    position = models.PositiveIntegerField(default=0)
    description = models.CharField(max_length=texts.LONGEST)
    currency = currency_field(editable=False)
    quantity = quantity_field()
    unit_amount = unit_amount_field()
    amount = amount_field()
    discount = amount_field()
    tax = amount_field()
    tax_name = models.CharField(max_length=50, blank=True, default="")
    tax_percentage = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0, discount__gte=0), name="invoice_line_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(discount=0) | Q(discount__lte=F("amount")), name="invoice_line_discount_fits"
            ),
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once"),
        ]

    @property
    def is_amount_alone(self) -> bool:
        """Whether nobody has said what one unit costs."""
        return bool(self.amount) and not self.unit_amount

    def __str__(self) -> str:
        return self.description


class InvoiceCounter(models.Model):
    """The last number given in an environment: its row is locked while an invoice is finalized, so none is
    skipped.
    """

    environment = models.OneToOneField("billing.Environment", on_delete=models.CASCADE, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.environment} {self.last}"
