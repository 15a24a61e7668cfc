"""Invoices in the admin: lines and payments in view, finalized and voided by actions."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from unfold.enums import ActionVariant

from billing import money
from billing.admin import confirmations, draft_invoices, invoice_words, links, new_invoice, rights
from billing.admin.actions import on_row, on_selection
from billing.admin.by_customer import ByCustomer
from billing.admin.columns import amount, flag, neighbour, state
from billing.admin.currencies import CurrencyFilter
from billing.admin.invoice_rows import CreditNoteInline, LineInline, PaymentInline
from billing.admin.labels import badge
from billing.admin.overdue import OverdueFilter, due
from billing.admin.rows import TAB, ReadOnly
from billing.admin.service_forms import ServiceAdmin
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
# What is shown of a draft that can be changed, besides who it is for, what can be, and money.
OF_DRAFT = ("Origin", "Metadata")
LOST = (amount("amount_refunded"), amount("amount_disputed"))


def finalized(_admin: Any, _request: HttpRequest, invoice: Invoice) -> str:
    """Gives the invoice its number and makes it due."""
    with confirmations.locked(invoice, invoice_words.finalizing):
        final = invoices.finalize(
            environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now()
        )
    return f"Invoice {final} is final: {money.with_currency(final.amount_due, final.currency)} due."


def voided(_admin: Any, _request: HttpRequest, invoice: Invoice) -> str:
    """Voids the invoice."""
    confirm = confirmations.same(invoice, invoice_words.voiding)
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    endings.void(**place, now=timezone.now(), confirm=confirm)
    owed = money.with_currency(invoice.amount_remaining or invoice.total, invoice.currency)
    return f"Invoice {invoice} is void: {owed} are not owed any more."


def uncollectible(_admin: Any, _request: HttpRequest, invoice: Invoice) -> str:
    """Gives the invoice's money up."""
    confirm = confirmations.same(invoice, invoice_words.giving_up)
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    endings.mark_uncollectible(**place, now=timezone.now(), confirm=confirm)
    owed = money.with_currency(invoice.amount_remaining, invoice.currency)
    return f"Invoice {invoice} is uncollectible: nobody collects its {owed} any more."


@admin.display(description="Number", ordering="number")
def number(invoice: Invoice) -> str:
    """The number; drafts have none yet."""
    return format_html('<span class="whitespace-nowrap">{}</span>', invoice.number or "no number yet")


@admin.register(Invoice)
class InvoiceAdmin(ByCustomer, ReadOnly, ServiceAdmin):
    how_rows_come = (
        "Invoices come from the API, from a connection's events or import, or by the button below."
    )
    form = new_invoice.InvoiceForm
    add_fieldsets = [(None, {"fields": [("customer", "currency"), "collection_method", "due_date"]})]
    add_fieldsets += [("Texts", {"fields": ["description", "footer"], "classes": ["collapse"]})]
    autocomplete_fields = ["customer"]
    kind = Kind.INVOICE
    list_display = [number, neighbour("customer"), *STATES]
    list_display += [amount("total"), amount("amount_remaining"), due]
    list_display += [neighbour("environment"), "created_at"]
    list_select_related = ["customer", "environment", "subscription"]
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

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(rights.INVOICE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and draft_invoices.is_editable(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Invoice | None) -> Any:
        if obj is None:
            return [new_invoice.NewLineInline]
        own = [draft_invoices.DraftLineInline, *self.inlines[1:]]
        return own if self.has_change_permission(request, obj) else self.inlines

    def get_fieldsets(self, request: HttpRequest, obj: Invoice | None = None) -> Any:
        """Of a draft what can be changed comes after who it is for, and nowhere else."""
        shown = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return shown
        first, money_of_it, *others = shown
        return [first, draft_invoices.FIELDSET, money_of_it, *(one for one in others if one[0] in OF_DRAFT)]

    def get_readonly_fields(self, request: HttpRequest, obj: Invoice | None = None) -> Any:
        if obj is None:
            return []
        if not self.has_change_permission(request, obj):
            return super().get_readonly_fields(request, obj)
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return [name for name in shown if name not in draft_invoices.NAMES]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing yet: the service takes it with its lines."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Makes the draft, or changes it."""
        if change:
            draft_invoices.save(form.instance, form, formsets)
        else:
            environment_id = form.cleaned_data["customer"].environment_id
            facts = new_invoice.facts(form, formsets)
            form.instance.pk = invoices.create(environment_id=environment_id, facts=facts).pk
        for formset in formsets:
            formset.new_objects = formset.changed_objects = formset.deleted_objects = []

    def response_add(
        self, request: HttpRequest, obj: Invoice, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Its page, where it can be finalized."""
        draft = Invoice.objects.get(pk=obj.pk)
        total = money.with_currency(draft.total, draft.currency)
        self.message_user(request, f"The draft of {total} is made. “Finalize” numbers it and makes it due.")
        return redirect(links.row_url(draft))

    def response_change(self, request: HttpRequest, obj: Invoice) -> HttpResponse:
        """Its page, with what it comes to now."""
        draft = Invoice.objects.get(pk=obj.pk)
        total = money.with_currency(draft.total, draft.currency)
        self.message_user(request, f"The draft is saved: its total is {total}.")
        return redirect(links.row_url(draft))

    finalize_selected = on_selection("Finalize", invoice_words.finalizing_all)(finalized)
    finalize = on_row(
        "Finalize",
        explanation=invoice_words.finalizing,
        icon="task_alt",
        offered=lambda invoice: invoice.status == "draft",
        variant=ActionVariant.PRIMARY,
    )(finalized)
    mark_uncollectible = on_row(
        "Mark uncollectible",
        explanation=invoice_words.giving_up,
        icon="money_off",
        offered=lambda invoice: (
            invoice.status == "finalized" and invoice.amount_remaining and not invoice.is_external
        ),
        right="void",
    )(uncollectible)
    void = on_row(
        "Void",
        explanation=invoice_words.voiding,
        icon="block",
        offered=lambda invoice: invoice.status != "voided" and not invoice.amount_paid,
        variant=ActionVariant.DANGER,
        right="void",
    )(voided)
