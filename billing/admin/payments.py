"""Payments in the admin: read-only, because evidence from gateways changes them."""

from typing import Any

from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.http import HttpRequest

from billing import money
from billing.admin.by_customer import ByCustomer
from billing.admin.columns import SPACE, amount, flag, neighbour, state, words
from billing.admin.links import NOTHING, out
from billing.admin.rows import TAB, ReadOnlyAdmin, ReadOnlyInline
from billing.events import Kind
from billing.models import Dispute, Payment

MONEY = [amount("amount"), amount("amount_refunded"), amount("amount_disputed")]
AT_GATEWAY: list[Any] = [
    "gateway",
    "gateway_payment_id",
    "gateway_charge_id",
    "gateway_session_id",
    "checkout_url",
]
AT_GATEWAY += [flag("is_external")]


@admin.display(description="The customer has to")
def next_action(payment: Payment) -> str:
    """What the customer still has to do, with its page."""
    step = payment.next_action
    if not step:
        return NOTHING
    kind = str(step["type"]).replace("_", " ")
    return out(step["url"], kind) if step.get("url") else kind


@admin.display(description="Taken of the payment")
def of_payment(dispute: Dispute) -> str:
    """What it is in the payment's currency, and whether the gateway said so."""
    currency = dispute.payment.currency
    shown = f"{money.text(dispute.amount_of_payment, currency)}{SPACE}{currency}"
    return f"{shown} (all of it: the gateway did not say how much)" if dispute.is_estimate else shown


class DisputeInline(ReadOnlyInline):
    model = Dispute
    fields = [
        amount("amount"),
        of_payment,
        state("status"),
        words("reason"),
        "gateway_dispute_id",
        "opened_at",
        "respond_by",
        "closed_at",
    ]
    readonly_fields = fields
    verbose_name_plural = "Disputes"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("payment")


@admin.register(Payment)
class PaymentAdmin(ByCustomer, ReadOnlyAdmin):
    how_rows_come = (
        "Payments come with checkouts and charges, by events of a connection, or from what is "
        "recorded on an invoice's page."
    )
    kind = Kind.PAYMENT
    list_display = [amount("amount"), state("status"), neighbour("customer"), neighbour("invoice")]
    list_display += [
        words("gateway"),
        words("method"),
        neighbour("environment"),
        "succeeded_at",
        "created_at",
    ]
    list_select_related = ["customer", "invoice", "environment"]
    search_fields = ["id__exact", "gateway_payment_id__exact", "gateway_session_id__exact"]
    search_fields += ["idempotency_key__exact", "invoice__number__exact"]
    search_help_text = "Any id, invoice number, or the customer's name, e-mail or id"
    list_filter = ["status", "environment", ("gateway", admin.EmptyFieldListFilter), "is_external"]
    list_filter += [("customer", admin.EmptyFieldListFilter)]
    list_filter += ["created_at"]
    readonly_fields = [state("status"), words("method"), flag("is_external"), next_action, *MONEY]
    inlines = [DisputeInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    (state("status"), words("method")),
                    tuple(MONEY[:2]),
                    (MONEY[2], next_action),
                    ("customer", "invoice"),
                    ("environment", "id"),
                ]
            },
        ),
        ("Failure", {"fields": [("failure_code", "failure_message")]}),
        ("At the gateway", {"fields": AT_GATEWAY, **TAB}),
        ("Times", {"fields": [("created_at", "succeeded_at"), "updated_at"], **TAB}),
        ("More", {"fields": ["idempotency_key", "metadata"], **TAB}),
    ]

    def get_inlines(self, request: HttpRequest, obj: Payment | None) -> Any:
        if obj:
            prefetch_related_objects([obj], "disputes")
        return self.inlines if obj and obj.disputes.all() else []
