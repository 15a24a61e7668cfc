"""Customers: who owes."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from billing import texts
from billing.models.base import (
    BY_PREFIX,
    EditedRow,
    Status,
    by_prefix,
    currency_field,
    id_field,
    listed_by_change,
    listed_by_metadata,
    listed_by_rare,
    text_field,
)


class Customer(EditedRow):
    """Who owes. An active customer's external_id is unique in its environment.

    ``tax_ids``: [{"type": str, "value": str}].
    """

    id = id_field("cust")
    external_id = models.CharField(max_length=texts.LONGEST_EXTERNAL_ID, blank=True, default="")
    name = text_field()
    email = models.CharField(max_length=texts.LONGEST_EMAIL, blank=True, default="")
    phone = text_field()
    address_line1 = text_field()
    address_line2 = text_field()
    address_city = text_field()
    address_state = text_field()
    address_postal_code = text_field()
    address_country = models.CharField(max_length=2, blank=True, default="")
    currency = currency_field(blank=True, default="")
    preferred_locale = models.CharField(max_length=35, blank=True, default="")
    tax_ids = models.JSONField(default=list, blank=True)
    # Which saved method is charged unless another is named, by the connection that keeps it:
    # {connection id: {"method": the gateway's id, "at": when it was chosen}}.
    default_payment_methods = models.JSONField(default=dict, blank=True, editable=False)
    # What each connection's gateway keeps for the customer: {connection id: {currency: amount}}, in major
    # units, negative for credit, positive for debt.
    balances = models.JSONField(default=dict, blank=True, editable=False)
    # Who collects the customer's invoices: the id of a connection, "" where the connections' rules choose.
    connection_id = models.CharField(max_length=40, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "external_id"],
                condition=Q(status=Status.ACTIVE) & ~Q(external_id=""),
                name="customer_external_id_once",
                opclasses=by_prefix(2),
            ),
            models.UniqueConstraint(fields=["id", "environment"], name="customer_of_environment"),
        ]
        indexes = [
            models.Index(fields=["environment", "-created_at"]),
            models.Index(fields=["environment", "email"]),
            # The unique one has active customers only; lists filter archived ones, too.
            models.Index(fields=["external_id"], name="customer_external_id"),
            # What searches read: the beginning of an e-mail address, and of each word of a name.
            models.Index(OpClass(Upper("email"), BY_PREFIX), name="customer_email_prefix"),
            GinIndex(
                SearchVector("name", config="simple"), name="customer_name_words", gin_pending_list_limit=512
            ),
            listed_by_change("customer_changed"),
            listed_by_metadata("customer_metadata"),
            listed_by_rare("status", Q(status=Status.ARCHIVED), "customer_archived"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id or self.id
