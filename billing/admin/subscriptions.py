"""Subscriptions in the admin, with their items."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from billing.admin.by_customer import ByCustomer
from billing.admin.columns import SPACE, flag, neighbour, quantity, shortened, state
from billing.admin.links import NOTHING
from billing.admin.rows import TAB, ReadOnlyAdmin, ReadOnlyInline
from billing.events import Kind
from billing.models import Subscription, SubscriptionItem
from billing.services.subscriptions import subscriptions


def cancel(subscription: Subscription, at_period_end: bool) -> None:
    """Ends the subscription, now or when what was paid for is over."""
    subscriptions.cancel(
        environment_id=subscription.environment_id,
        subscription_id=subscription.pk,
        at_period_end=at_period_end,
        now=timezone.now(),
    )


def ends_later(_admin: Any, _request: HttpRequest, subscription: Subscription) -> str:
    """Lets the subscription run out."""
    cancel(subscription, at_period_end=True)
    return f"{subscription} ends with its current period."


def ends_now(_admin: Any, _request: HttpRequest, subscription: Subscription) -> str:
    """Cuts the subscription off."""
    cancel(subscription, at_period_end=False)
    return f"{subscription} is cancelled."


@admin.display(description="Items")
def bought(subscription: Subscription) -> str:
    """What is subscribed to, and how many of each."""
    items = (f"{quantity(item)}{SPACE}×{SPACE}{item.price.plan.name}" for item in subscription.items.all())
    return ", ".join(items) or NOTHING


class ItemInline(ReadOnlyInline):
    model = SubscriptionItem
    fields = [neighbour("price"), quantity, "current_period_start", "current_period_end"]
    readonly_fields = fields
    verbose_name_plural = "Items"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("price__plan")


@admin.register(Subscription)
class SubscriptionAdmin(ByCustomer, ReadOnlyAdmin):
    how_rows_come = "Subscriptions come from the API, or from a connection's events or import."
    kind = Kind.SUBSCRIPTION
    list_display = [shortened("id"), neighbour("customer"), bought, state("status"), "currency"]
    list_display += [flag("cancel_at_period_end")]
    list_display += [neighbour("environment"), "created_at"]
    list_select_related = ["customer", "environment"]
    search_fields = ["id__exact"]
    search_help_text = "Any id, or the customer's name, e-mail or id"
    list_filter = ["status", "environment", "collection_method", "cancel_at_period_end", "created_at"]
    readonly_fields = [state("status"), flag("cancel_at_period_end")]
    fieldsets = [
        (
            None,
            {"fields": [("customer", state("status")), ("currency", "environment"), ("id", "created_at")]},
        ),
        ("Collection", {"fields": [("collection_method", "days_until_due")], **TAB}),
        ("Times", {"fields": [("start_at", "billing_anchor"), ("trial_start", "trial_end")], **TAB}),
        ("End", {"fields": [("cancel_at", flag("cancel_at_period_end")), "cancelled_at"], **TAB}),
        ("Metadata", {"fields": ["metadata"], **TAB}),
    ]
    inlines = [ItemInline]
    actions_detail = ("cancel_at_end", "cancel_now")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        items = SubscriptionItem.objects.select_related("price__plan")
        return super().get_queryset(request).prefetch_related(Prefetch("items", items))

    cancel_at_end = on_row(
        "Cancel at period end",
        explanation="The customer keeps what is paid for; nothing renews after it.",
        icon="event_busy",
        offered=lambda row: row.status != "cancelled" and not row.cancel_at_period_end,
    )(ends_later)
    cancel_now = on_row(
        "Cancel now",
        explanation="The subscription ends at once and cannot be started again.",
        icon="cancel",
        offered=lambda row: row.status != "cancelled",
        variant=ActionVariant.DANGER,
    )(ends_now)
