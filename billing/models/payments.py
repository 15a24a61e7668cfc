"""Payments: attempts to receive money."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from billing import money
from billing.models.base import (
    BY_PREFIX,
    Row,
    amount_field,
    by_prefix,
    currency_field,
    id_field,
    listed_by_change,
    listed_by_metadata,
    listed_by_rare,
    text_field,
)
from billing.models.choices import WordedChoices
from billing.models.customers import Customer
from billing.models.invoices import Invoice
from billing.state_changes import StateChanges, by_evidence


class PaymentState(WordedChoices):
    PENDING = "pending"
    PROCESSING = "processing"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


# Each state, and the states that evidence may move it to. Evidence of success outranks an earlier failure,
# because a declined card can be followed by a good one in the same session; and what was to be cancelled may
# have been paid a moment before.
TRANSITIONS: dict[str, frozenset[str]] = {
    "pending": frozenset({"processing", "requires_action", "succeeded", "failed", "cancelled"}),
    "processing": frozenset({"requires_action", "succeeded", "failed", "cancelled"}),
    "requires_action": frozenset({"processing", "succeeded", "failed", "cancelled"}),
    "failed": frozenset({"processing", "requires_action", "succeeded", "cancelled"}),
    "cancelled": frozenset({"processing", "succeeded"}),
    "succeeded": frozenset({"partially_refunded", "refunded"}),
    "partially_refunded": frozenset({"refunded"}),
    "refunded": frozenset(),
}
RECEIVED = frozenset({"succeeded", "partially_refunded", "refunded"})


class Payment(Row):
    """One attempt to bring money in. ``is_external``: it began at the gateway, not here."""

    unaudited = Row.unaudited | {
        "refunded_told",
        "checkout_url",
        "checkout_options",
        "is_open_at_gateway",
        "amount_is_fixed",
        "next_action",
        "idempotency_key",
    }
    state_changes = StateChanges(
        "status",
        {((), "pending"): "ask for it", ((), "succeeded"): "record it"}
        | by_evidence(TRANSITIONS)
        # What goes back may still fail to.
        | {
            (("partially_refunded", "refunded"), "succeeded"): "a refund failed",
            (("refunded",), "partially_refunded"): "a refund failed",
        },
    )

    id = id_field("pay")
    # None for a guest's, who paid at the gateway without becoming a customer there.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    amount = amount_field()
    currency = currency_field()
    amount_refunded = amount_field()
    # The highest total that was reported as refunded: some refunds may never be reported one by one.
    refunded_told = amount_field(editable=False)
    # What open and lost disputes have taken away again.
    amount_disputed = amount_field(editable=False)
    status = models.CharField(max_length=18, choices=PaymentState.choices, default=PaymentState.PENDING)
    method = text_field()
    gateway = models.CharField(max_length=50, blank=True, default="")
    # Through which connection the money comes, or came: its id, "" for money that no gateway moved.
    connection_id = models.CharField(max_length=40, blank=True, default="")
    gateway_payment_id = models.CharField(max_length=255, blank=True, default="")
    gateway_session_id = models.CharField(max_length=255, blank=True, default="")
    # What the gateway's last attempt at it is called, where that has an id of its own.
    gateway_charge_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    # Where the customer pays: a checkout's page, or what recovers a charge that the bank wants authenticated.
    checkout_url = models.TextField(blank=True, default="")
    # The options of the checkout: the same options get the same page until it expires.
    checkout_options = models.JSONField(default=dict, blank=True, editable=False)
    checkout_expires_at = models.DateTimeField(null=True, blank=True)
    # Whether the gateway may still take money for it: its session or intent has not ended there.
    is_open_at_gateway = models.BooleanField(default=False, editable=False)
    # When the gateway was about to be asked for the money; none yet, and it can still be cancelled by hand.
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A person has confirmed this amount of a charge: no other is asked for.
    amount_is_fixed = models.BooleanField(default=False, db_default=False, editable=False)
    # A saved method is charged while the customer is not there; "" as its id means the customer's default.
    off_session = models.BooleanField(default=False)
    gateway_method_id = models.CharField(max_length=255, blank=True, default="")
    # What the customer has to do while the payment requires action, as the gateway reports it: {"type",
    # "url"}.
    next_action = models.JSONField(default=dict, blank=True, editable=False)
    failure_code = text_field()
    failure_message = models.TextField(blank=True, default="")
    idempotency_key = models.CharField(max_length=255, blank=True, default="")
    is_external = models.BooleanField(default=False)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        permissions = [("refund_payment", "Can refund payment")]
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount_refunded__gte=0, amount_refunded__lte=F("amount")),
                name="payment_amounts",
            ),
            models.CheckConstraint(
                condition=Q(amount_disputed__gte=0, refunded_told__gte=0),
                name="payment_lost_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(RECEIVED)) | Q(succeeded_at__isnull=False),
                name="payment_succeeded_at",
            ),
            models.CheckConstraint(
                condition=Q(status=PaymentState.REFUNDED, amount_refunded=F("amount"))
                | Q(status=PaymentState.PARTIALLY_REFUNDED, amount_refunded__gt=0)
                & Q(amount_refunded__lt=F("amount"))
                | ~Q(status__in=[PaymentState.REFUNDED, PaymentState.PARTIALLY_REFUNDED])
                & Q(amount_refunded=0),
                name="payment_refund_shows_in_status",
            ),
            models.UniqueConstraint(
                fields=["environment", "gateway_payment_id", "gateway"],
                condition=~Q(gateway_payment_id=""),
                name="payment_gateway_payment_once",
                opclasses=["varchar_ops", BY_PREFIX, "varchar_ops"],
            ),
            models.UniqueConstraint(
                fields=["environment", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="payment_idempotency_key_once",
                opclasses=by_prefix(2),
            ),
            models.UniqueConstraint(fields=["id", "environment"], name="payment_of_environment"),
            models.UniqueConstraint(fields=["id", "currency"], name="payment_of_currency"),
        ]
        indexes = [
            models.Index(fields=["environment", "-created_at"]),
            # What statistics read: what changed lately, at no cost to updates, and what came in an hour.
            BrinIndex(fields=["updated_at"], autosummarize=True, name="payment_changed"),
            models.Index(
                fields=["succeeded_at"], condition=Q(succeeded_at__isnull=False), name="payment_succeeded"
            ),
            models.Index(
                fields=["gateway_session_id"],
                condition=~Q(gateway_session_id=""),
                opclasses=[BY_PREFIX],
                name="payment_gateway_session",
            ),
            models.Index(
                fields=["gateway_charge_id"],
                condition=~Q(gateway_charge_id=""),
                opclasses=[BY_PREFIX],
                name="payment_gateway_charge",
            ),
            listed_by_change("payment_listed_by_change"),
            listed_by_metadata("payment_metadata"),
            # A summary of the pages, of values that few payments have.
            BrinIndex(
                fields=["gateway", "method"],
                opclasses=["text_bloom_ops", "text_bloom_ops"],
                pages_per_range=32,
                autosummarize=True,
                name="payment_means",
            ),
            listed_by_rare("status", ~Q(status=PaymentState.SUCCEEDED), "payment_not_succeeded"),
        ]

    def __str__(self) -> str:
        return f"{money.with_currency(self.amount, self.currency)} {self.status.replace('_', ' ')}"

    def goes_through(self, connection_id: str, gateway: str = "") -> bool:
        """Whether its money goes through the connection, and that gateway if given, as far as it is known."""
        return self.connection_id in ("", connection_id) and gateway in ("", self.gateway)
