"""Credit notes in the admin: read-only, issued from their invoice's page, and voided by an action."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing import money
from billing.admin.actions import on_row
from billing.admin.by_customer import ByCustomer
from billing.admin.columns import amount, flag, neighbour, state, words
from billing.admin.currencies import CurrencyFilter
from billing.admin.links import out
from billing.admin.rows import TAB, ReadOnlyAdmin
from billing.events import Kind
from billing.models import CreditNote
from billing.services.invoices import credit_note_voids

PARTS = [amount(name) for name in ("before_payment", "refunded", "to_balance", "out_of_band")]


def voided(_admin: Any, _request: HttpRequest, note: CreditNote) -> str:
    """Voids the credit note."""
    credit_note_voids.void(environment_id=note.environment_id, credit_note_id=note.pk, now=timezone.now())
    return f"Credit note {note} is void, and its invoice asks for the amount again."


def voiding(note: CreditNote) -> str:
    """What is asked for again."""
    amount_again = money.with_currency(note.amount, note.currency)
    return f"The invoice {note.invoice} asks {note.customer} for {amount_again} again. This cannot be undone."


@admin.display(description="PDF")
def pdf(note: CreditNote) -> str:
    """Where the provider keeps it."""
    return out(note.pdf_url, "PDF")


@admin.register(CreditNote)
class CreditNoteAdmin(ByCustomer, ReadOnlyAdmin):
    how_rows_come = "Credit notes come from the API, from an invoice's page, or from a connection's events."
    kind = Kind.CREDIT_NOTE
    list_display = ["__str__", amount("amount"), state("status"), neighbour("customer"), neighbour("invoice")]
    list_display += [words("reason"), neighbour("environment"), "issued_at"]
    list_select_related = ["customer", "invoice", "environment"]
    search_fields = ["id__exact", "number", "gateway_credit_note_id__exact", "invoice__number__exact"]
    search_help_text = "Number or any id, invoice number, or the customer's name, e-mail or id"
    list_filter = ["status", "environment", CurrencyFilter, "is_external", "issued_at"]
    readonly_fields = [state("status"), words("reason"), amount("amount"), pdf, flag("is_external"), *PARTS]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    (state("status"), amount("amount")),
                    tuple(PARTS[:2]),
                    tuple(PARTS[2:]),
                    ("invoice", "customer"),
                    (words("reason"), "memo"),
                    ("environment", "id"),
                ]
            },
        ),
        (
            "At the gateway",
            {"fields": ["gateway", "gateway_credit_note_id", pdf, flag("is_external")], **TAB},
        ),
        ("Times", {"fields": [("issued_at", "voided_at"), ("created_at", "updated_at")], **TAB}),
        ("More", {"fields": ["number", "lines", "started_by", "idempotency_key", "metadata"], **TAB}),
    ]
    actions_detail = ("void",)

    void = on_row(
        "Void",
        explanation=voiding,
        icon="block",
        offered=lambda note: note.status == "issued" and not note.after_payment,
        variant=ActionVariant.DANGER,
    )(voided)
