"""Prices in the admin."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.enums import ActionVariant

from billing import money
from billing.admin.actions import on_row, on_selection
from billing.admin.columns import SPACE, neighbour, state, unit_amount
from billing.admin.currencies import CurrencyFilter
from billing.admin.links import NOTHING
from billing.admin.restoring import restore_button, restore_selected
from billing.admin.row_forms import EXACTLY, RowForm
from billing.admin.service_forms import ServiceAdmin
from billing.events import Kind
from billing.facts import PriceFacts
from billing.models import Price
from billing.services.catalog import currency_options, plans, tiers

AMOUNT = ["unit_amount", "currency", "billing_period", "billing_period_count"]
MODEL = ["billing_model", "usage_type", "package_size", "package_rounding", "tier_mode", "tiers"]
NAMES = ["description", "lookup_key", "metadata"]
PERIOD = ("billing_period", "billing_period_count")
USE = [
    ("How a quantity becomes an amount", {"fields": [tuple(MODEL[:2]), tuple(MODEL[2:4]), *MODEL[4:]]}),
    ("Names", {"fields": [("description", "lookup_key"), "metadata"]}),
]


@admin.display(description="In other currencies")
def other_currencies(price: Price) -> str:
    """What it costs there, as its gateway reports."""
    options = currency_options.read(price.currency_options).items()
    return ", ".join(f"{money.unit_text(amount, code)}{SPACE}{code}" for code, amount in options) or NOTHING


def archived(_admin: Any, _request: HttpRequest, price: Price) -> str:
    """Archives the price."""
    plans.archive_price(environment_id=price.environment_id, price_id=price.pk)
    return f"{price} is archived."


class PriceForm(RowForm):
    """A price, its tiers written as the API writes them."""

    readers: ClassVar = {**RowForm.readers, "tiers": (tiers.parse, f"Send a list such as {tiers.LIKE}.")}


@admin.register(Price)
class PriceAdmin(ServiceAdmin):
    how_rows_come = (
        "Prices come from the API, from a connection's events or import, or by the button on a plan's page."
    )
    kind = Kind.PRICE
    form = PriceForm
    formfield_overrides = {
        **ServiceAdmin.formfield_overrides,
        **EXACTLY,
    }
    list_display = ["__str__", neighbour("plan"), unit_amount("unit_amount"), "billing_period"]
    list_display += ["billing_model", state("status"), neighbour("environment"), "created_at"]
    list_select_related = ["plan", "environment"]
    search_fields = ["id__exact", "lookup_key", "description", "plan__name"]
    search_help_text = "Plan, lookup key or description, or any id"
    list_filter = ["status", "environment", "billing_period", "billing_model", CurrencyFilter]
    autocomplete_fields = ["plan"]
    readonly_fields = ["id", "environment", state("status"), "created_at"]
    fieldsets = [
        (None, {"fields": [("plan", state("status")), ("environment", "id"), "created_at"]}),
        ("Amount", {"fields": [(unit_amount("unit_amount"), other_currencies), PERIOD]}),
        *USE,
    ]
    add_fieldsets = [
        (None, {"fields": ["plan", ("unit_amount", "currency"), PERIOD]}),
        *USE,
    ]
    actions = ["archive_selected", "restore_selected"]
    actions_detail = ("archive", "restore")

    archive_selected = on_selection("Archive")(archived)
    archive = on_row(
        "Archive",
        explanation="Subscriptions keep the price, but nothing new can be sold at it.",
        icon="archive",
        offered=lambda price: price.status == "active",
        variant=ActionVariant.DANGER,
    )(archived)
    restore_selected = restore_selected
    restore = restore_button(Kind.PRICE, "The price can be sold again, also at the provider.")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fixed = [*self.readonly_fields, unit_amount("unit_amount"), other_currencies, *AMOUNT, *MODEL, "plan"]
        return fixed if obj else []

    def create(self, request: HttpRequest, form: Any) -> Model:
        values = {name: form.cleaned_data[name] for name in [*AMOUNT, *MODEL, *NAMES]}
        plan = form.cleaned_data["plan"]
        facts = PriceFacts(plan_id=plan.pk, **values)
        return plans.create_price(environment_id=plan.environment_id, facts=facts)

    def update(self, request: HttpRequest, row: Price, form: Any) -> None:
        plans.update_price(environment_id=row.environment_id, price_id=row.pk, changes=form.changes())
