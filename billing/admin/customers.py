"""Customers in the admin."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from billing.admin.actions import on_row, on_selection
from billing.admin.balance_transactions import BalanceTransactionInline, balances
from billing.admin.columns import neighbour, remembered, state
from billing.admin.environments import InEnvironmentForm
from billing.admin.links import NOTHING, joined, to_list
from billing.admin.restoring import restore_button, restore_selected
from billing.admin.row_forms import RowForm
from billing.admin.service_forms import ServiceAdmin
from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer, Invoice, Payment, Subscription
from billing.services.customers import contact, customers, default_methods, tax_ids

WHO = ["name", "email", "phone", "external_id", "currency", "preferred_locale"]
ADDRESS = ["address_line1", "address_line2", "address_city", "address_state"]
ADDRESS += ["address_postal_code", "address_country"]
EDITED = [
    (
        "Who it is",
        {"fields": [("name", "email"), ("phone", "external_id"), ("currency", "preferred_locale")]},
    ),
    ("Address", {"fields": [tuple(ADDRESS[:2]), tuple(ADDRESS[2:4]), tuple(ADDRESS[4:])]}),
    ("Tax ids", {"fields": ["tax_ids"], "classes": ["collapse"]}),
    ("Metadata", {"fields": ["metadata"], "classes": ["collapse"]}),
]


class CustomerForm(RowForm):
    """A customer, its tax ids written as the API writes them."""

    readers: ClassVar = {
        **RowForm.readers,
        "tax_ids": (tax_ids.parse, f"Send a list such as {tax_ids.LIKE}."),
    }

    def clean_email(self) -> str:
        """An address that was changed; a gateway's own may be another one."""
        email: str = self.cleaned_data["email"]
        if email and "email" in self.changed_data:
            self.taken(contact.check_email, email)
        return email


class NewCustomerForm(CustomerForm, InEnvironmentForm):
    """A customer of a chosen environment."""


def archived(_admin: Any, _request: HttpRequest, customer: Customer) -> str:
    """Archives the customer."""
    customers.archive(environment_id=customer.environment_id, customer_id=customer.pk)
    return f"{customer} is archived."


@admin.display(description="Charged by default")
def default_method(customer: Customer) -> str:
    """The saved method at each connection; the panel below links to the gateway's data."""
    return ", ".join(default_methods.known(customer).values()) or NOTHING


@remembered
@admin.display(description="Has")
def belongings(customer: Customer) -> SafeString:
    """How many rows the customer has, with links to them."""
    rows: list[tuple[str, type[Model]]] = [
        ("invoices", Invoice),
        ("payments", Payment),
        ("subscriptions", Subscription),
    ]
    return joined(
        [
            to_list(_counted(getattr(customer, name).count(), name), model, customer__id__exact=customer.pk)
            for name, model in rows
        ]
    )


def _counted(count: int, names: str) -> str:
    return f"{count} {names if count != 1 else names.removesuffix('s')}"


@admin.register(Customer)
class CustomerAdmin(ServiceAdmin):
    how_rows_come = (
        "Customers come from the API, from a connection's events or import, or by the button below."
    )
    kind = Kind.CUSTOMER
    form = CustomerForm
    add_form = NewCustomerForm
    list_display = [
        "__str__",
        "email",
        "external_id",
        state("status"),
        neighbour("environment"),
        "created_at",
    ]
    list_select_related = ["environment"]
    search_fields = ["id__exact", "name", "email", "external_id"]
    search_help_text = "Name or e-mail, or any id"
    list_filter = ["status", "environment", "created_at"]
    readonly_fields = ["id", "environment", state("status"), belongings, default_method, balances]
    readonly_fields += ["created_at", "updated_at"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    (state("status"), belongings),
                    ("environment", "id"),
                    ("created_at", "updated_at"),
                    (default_method, balances),
                ]
            },
        ),
        *EDITED,
    ]
    add_fieldsets = [(None, {"fields": ["environment_id"]}), *EDITED]
    inlines = [BalanceTransactionInline]
    actions = ["archive_selected", "restore_selected"]
    actions_detail = ("archive", "restore")

    archive_selected = on_selection("Archive")(archived)
    archive = on_row(
        "Archive",
        explanation="The customer stays with its invoices, but nothing new can be made for it.",
        icon="archive",
        offered=lambda customer: customer.status == "active",
        variant=ActionVariant.DANGER,
    )(archived)
    restore_selected = restore_selected
    restore = restore_button(
        Kind.CUSTOMER, "The customer is active again, and new invoices and subscriptions can be made for it."
    )

    def get_inlines(self, request: HttpRequest, obj: Customer | None) -> Any:
        return self.inlines if obj and obj.balances else []

    def create(self, request: HttpRequest, form: Any) -> Model:
        values = {name: form.cleaned_data[name] for name in [*WHO, *ADDRESS, "tax_ids", "metadata"]}
        return customers.create(environment_id=form.chosen(), facts=CustomerFacts(**values))

    def update(self, request: HttpRequest, row: Customer, form: Any) -> None:
        customers.update(environment_id=row.environment_id, customer_id=row.pk, changes=form.changes())
