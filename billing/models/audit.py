"""The audit: who made and changed which row, when, and what was in it before."""

from django.db import models
from django.db.models import Q

from billing.actors import ActorType
from billing.models.choices import WordedChoices


class AuditAction(WordedChoices):
    CREATED = "created"
    CHANGED = "changed"
    # Only placeholders of payments are.
    DELETED = "deleted"


class AuditEntry(models.Model):
    """One row, made or changed by one actor. Entries are only ever added, with what they tell of.

    ``changes``: {column: [before, after]} as the API shows values, amounts as text ("12.50"); lines and items
    as lists of such columns. Of a new row: what is not as by default. ``customer_id``, ``invoice_id``: whom
    and what the row belonged to then, "" for none. ``actor_type``, ``actor``, ``connection_id``,
    ``request_id``: as in billing.actors.Actor.
    """

    # No foreign keys: what happened stays on record, and each would cost a look-up for each entry.
    environment_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=30)
    row_id = models.CharField(max_length=40)
    customer_id = models.CharField(max_length=40)
    invoice_id = models.CharField(max_length=40)
    action = models.CharField(max_length=7, choices=AuditAction.choices)
    changes = models.JSONField()
    actor_type = models.CharField(max_length=10, choices=[(one.value, one.value) for one in ActorType])
    actor = models.CharField(max_length=255)
    connection_id = models.CharField(max_length=40)
    request_id = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["row_id", "-at", "-id"], name="audit_of_row"),
            models.Index(
                fields=["customer_id", "-at", "-id"], condition=~Q(customer_id=""), name="audit_of_customer"
            ),
            models.Index(
                fields=["invoice_id", "-at", "-id"], condition=~Q(invoice_id=""), name="audit_of_invoice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id} {self.action}"
