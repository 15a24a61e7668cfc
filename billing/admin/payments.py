"""Payments in the admin: evidence moves them, people look."""

from django.contrib import admin

from billing.admin.by_customer import ByCustomer
from billing.admin.columns import amount, flag, neighbour, state
from billing.admin.rows import TAB, ReadOnlyAdmin
from billing.events import Kind
from billing.models import Payment

MONEY = [amount("amount"), amount("amount_refunded")]
AT_GATEWAY = ["gateway", "gateway_payment_id", "gateway_session_id", "checkout_url", flag("is_external")]


@admin.register(Payment)
class PaymentAdmin(ByCustomer, ReadOnlyAdmin):
    kind = Kind.PAYMENT
    list_display = [amount("amount"), state("status"), neighbour("customer"), neighbour("invoice")]
    list_display += ["gateway", "method", neighbour("environment"), "created_at"]
    list_select_related = ["customer", "invoice", "environment"]
    search_fields = ["id__exact", "gateway_payment_id__exact", "gateway_session_id__exact"]
    search_fields += ["idempotency_key__exact", "invoice__number__exact"]
    search_help_text = "Id here or at the gateway, invoice number, customer"
    list_filter = ["status", "environment", "gateway", "is_external", "created_at"]
    readonly_fields = [state("status"), flag("is_external"), *MONEY]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    (state("status"), "method"),
                    tuple(MONEY),
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
