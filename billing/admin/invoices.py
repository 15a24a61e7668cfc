"""Invoices in the admin: lines and payments in view, finalized and voided by actions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from unfold.enums import ActionVariant

from billing import money
from billing.admin import links, rights
from billing.admin.actions import on_row, on_selection
from billing.admin.by_customer import ByCustomer
from billing.admin.columns import amount, flag, neighbour, state
from billing.admin.currencies import CurrencyFilter
from billing.admin.invoice_rows import CreditNoteInline, LineInline, PaymentInline
from billing.admin.labels import badge
from billing.admin.overdue import OverdueFilter, due
from billing.admin.rows import TAB, ReadOnlyAdmin
from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus, PaymentStatus
from billing.services.invoices import endings, invoices

PERIOD = ["period_start", "period_end"]


@admin.display(description="Payment status", ordering="payment_status")
def payment_state(invoice: Invoice) -> str:
    """How far it is paid; of a void invoice nobody expects anything."""
    expects_nothing = (
        invoice.status == InvoiceStatus.VOIDED and invoice.payment_status == PaymentStatus.PENDING
    )
    return links.NOTHING if expects_nothing else badge(invoice.payment_status)


STATES = [state("status"), payment_state]
COLLECTION: list[Any] = [("collection_method", due), ("attempt_count", "next_attempt_at")]
COLLECTION += [("failure_code", "sent_at"), "failure_message"]
MONEY = [
    amount(name)
    for name in (
        "subtotal",
        "discounts",
        "tax",
        "total",
        "credited",
        "balance_applied",
        "amount_due",
        "amount_paid",
        "amount_remaining",
    )
]
LOST = (amount("amount_refunded"), amount("amount_disputed"))


def finalized(_admin: Any, _request: HttpRequest, invoice: Invoice) -> str:
    """Gives the invoice its number and makes it due."""
    final = invoices.finalize(
        environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now()
    )
    return f"Invoice {final} is final: {money.with_currency(final.amount_due, final.currency)} due."


def voided(_admin: Any, _request: HttpRequest, invoice: Invoice) -> str:
    """Voids the invoice."""
    endings.void(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now())
    return f"Invoice {invoice} is void."


def uncollectible(_admin: Any, _request: HttpRequest, invoice: Invoice) -> str:
    """Gives the invoice's money up."""
    endings.mark_uncollectible(
        environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now()
    )
    return f"Invoice {invoice} is uncollectible."


@admin.display(description="Number", ordering="number")
def number(invoice: Invoice) -> str:
    """The number; drafts have none yet."""
    return format_html('<span class="whitespace-nowrap">{}</span>', invoice.number or "no number yet")


@admin.register(Invoice)
class InvoiceAdmin(ByCustomer, ReadOnlyAdmin):
    how_rows_come = "Invoices come from the API, or from a connection's events or import."
    kind = Kind.INVOICE
    list_display = [number, neighbour("customer"), *STATES]
    list_display += [amount("total"), amount("amount_remaining"), due]
    list_display += [neighbour("environment"), "created_at"]
    list_select_related = ["customer", "environment"]
    search_fields = ["id__exact", "number"]
    search_help_text = "Number or any id, or the customer's name, e-mail or id"
    list_filter = ["status", "payment_status", OverdueFilter, "environment", CurrencyFilter, "is_external"]
    list_filter += ["created_at", "due_date"]
    readonly_fields = [*STATES, *MONEY, *LOST, due, flag("is_external")]
    fieldsets = [
        (None, {"fields": [("number", "customer"), tuple(STATES), ("environment", "id")]}),
        ("Money", {"fields": [*(tuple(MONEY[start : start + 2]) for start in range(0, 9, 2)), LOST]}),
        ("Collection", {"fields": COLLECTION, **TAB}),
        ("Times", {"fields": [("created_at", "finalized_at"), ("due_date", "voided_at")], **TAB}),
        (
            "Origin",
            {"fields": [("subscription", flag("is_external")), tuple(PERIOD)], **TAB},
        ),
        ("Texts", {"fields": [("description", "footer"), "hosted_invoice_url", "pdf_url"], **TAB}),
        ("Metadata", {"fields": ["metadata"], **TAB}),
    ]
    inlines = [LineInline, PaymentInline, CreditNoteInline]
    actions = ["finalize_selected"]
    actions_detail = ("finalize", "mark_uncollectible", "void")

    def has_void_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whether the user may end invoices without their money."""
        return request.user.has_perm(rights.VOID)

    finalize_selected = on_selection("Finalize")(finalized)
    finalize = on_row(
        "Finalize",
        explanation="The invoice gets its number and becomes due. Its lines cannot change afterwards.",
        icon="task_alt",
        offered=lambda invoice: invoice.status == "draft",
        variant=ActionVariant.PRIMARY,
    )(finalized)
    mark_uncollectible = on_row(
        "Mark uncollectible",
        explanation="The money is no longer expected: nobody collects it any more. It may still be paid.",
        icon="money_off",
        offered=lambda invoice: (
            invoice.status == "finalized" and invoice.amount_remaining and not invoice.is_external
        ),
        right="void",
    )(uncollectible)
    void = on_row(
        "Void",
        explanation="The customer owes nothing for this invoice any more. This cannot be undone.",
        icon="block",
        offered=lambda invoice: invoice.status != "voided" and not invoice.amount_paid,
        variant=ActionVariant.DANGER,
        right="void",
    )(voided)
