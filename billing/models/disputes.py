"""Disputes: money of one payment that its payer's bank wants back."""

from django.db import models
from django.db.models import Q

from billing import money
from billing.models.base import (
    Row,
    amount_field,
    by_prefix,
    currency_field,
    id_field,
    listed_by_change,
    text_field,
)
from billing.models.choices import WordedChoices
from billing.models.payments import Payment
from billing.state_changes import StateChanges


class DisputeState(WordedChoices):
    """An inquiry asks, and takes nothing.

    A dispute takes the money at once, and gives it back only when it is won.
    """

    INQUIRY = "inquiry"
    INQUIRY_UNDER_REVIEW = "inquiry_under_review"
    INQUIRY_CLOSED = "inquiry_closed"
    PREVENTED = "prevented"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    LOST = "lost"
    WON = "won"


# How far each is along: evidence moves a dispute forward only, in whichever order it comes.
ORDER = {state: place for place, state in enumerate(DisputeState.values)}
WITHDRAWN = frozenset({DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.LOST})


class Dispute(Row):
    """One dispute over ``amount`` (major units, in its own currency) of a payment, as its gateway reports it.

    ``amount_of_payment``: what that is in the payment's currency; ``is_estimate``: the gateway did not say,
    so that it is all of the payment.
    """

    state_changes = StateChanges("status", onward=tuple(DisputeState.values))

    id = id_field("disp")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    amount = amount_field()
    currency = currency_field()
    amount_of_payment = amount_field()
    is_estimate = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=DisputeState.choices)
    reason = text_field()
    gateway_dispute_id = models.CharField(max_length=255)
    opened_at = models.DateTimeField()
    respond_by = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount_of_payment__gt=0), name="dispute_amount"),
            models.UniqueConstraint(
                fields=["environment", "gateway_dispute_id"],
                name="dispute_gateway_dispute_once",
                opclasses=by_prefix(2),
            ),
        ]
        indexes = [
            models.Index(fields=["environment", "-created_at"], name="dispute_of_environment"),
            listed_by_change("dispute_changed"),
        ]

    def currency_of(self, name: str) -> str:
        """The currency of the amount in that column."""
        return str((self.payment if name == "amount_of_payment" else self).currency)

    def __str__(self) -> str:
        return f"{money.with_currency(self.amount, self.currency)} {self.status}"
