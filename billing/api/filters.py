"""How lists are filtered and ordered; an unknown name or value is refused, not ignored."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Field, QuerySet
from django.utils import timezone

from billing import money
from billing.api import moments
from billing.api.sorting import SORTED
from billing.models import (
    Customer,
    Invoice,
    Plan,
    Price,
    Subscription,
)
from billing.models.invoices import overdue


class FullListField(django_filters.fields.BaseCSVField):  # type: ignore[misc]
    """Values between commas."""

    def clean(self, value: list[str] | None) -> Any:
        """The values; raises ValidationError where one is empty."""
        if "" in (value or []):
            raise ValidationError("There is nothing before, between or after commas.")
        return super().clean(value)


class ListOfTextsFilter(django_filters.BaseInFilter, django_filters.CharFilter):  # type: ignore[misc]
    """``?id=a,b``: any of these."""

    base_field_class = FullListField


class ListOfPartsFilter(ListOfTextsFilter):
    """``?price_id=a,b``: rows of which a part has any of these."""

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        """Those that have, each once."""
        if not value:
            return queryset
        having = queryset.model._default_manager.filter(**{f"{self.field_name}__in": value})
        return queryset.filter(pk__in=having.values("pk"))


class ListOfChoicesFilter(django_filters.BaseInFilter, django_filters.ChoiceFilter):  # type: ignore[misc]
    """``?status=a,b``: any of these choices."""

    base_field_class = FullListField


class MetadataWidget(forms.Widget):
    """Reads ``metadata[color]=red`` as {"color": "red"}."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        """The values by key; that of ``metadata`` alone has the key "".

        A parameter is there once: others are refused before.
        """
        return {key[len(name) + 1 : -1]: value for key, value in data.items() if outermost(key) == name}


class MetadataField(forms.Field):
    """Values by key."""

    widget = MetadataWidget

    def clean(self, value: dict[str, str]) -> dict[str, str]:
        """The values; raises ValidationError where the key is missing."""
        if "" in value:
            raise ValidationError("Send metadata[key]=value.")
        return value


class MetadataFilter(django_filters.Filter):  # type: ignore[misc]
    """``?metadata[color]=red``: rows that have each of these."""

    field_class = MetadataField

    def filter(self, queryset: QuerySet[Any], value: dict[str, str]) -> QuerySet[Any]:
        """Those that have them."""
        return queryset.filter(metadata__contains=value) if value else queryset


class MomentField(django_filters.fields.IsoDateTimeField):  # type: ignore[misc]
    """A moment in UTC: PostgreSQL does not know every offset that ISO 8601 can spell."""

    def to_python(self, value: Any) -> datetime | None:
        """The moment; raises ValidationError for one without a zone, or not within the years 1 to 9999."""
        if isinstance(value, str) and moments.has_no_zone(value):
            raise ValidationError("%(said)s", params={"said": moments.NO_ZONE_IN_A_QUERY})
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise ValidationError("Send a date within the years 1 to 9999.") from None


class MomentFilter(django_filters.IsoDateTimeFilter):  # type: ignore[misc]
    """``?created_after=2026-03-01T12:00:00Z``."""

    field_class = MomentField


class TotalOrdering(django_filters.OrderingFilter):  # type: ignore[misc]
    """Ends with the id, so that pages do not overlap when times are equal."""

    base_field_class = FullListField

    def __init__(self, *arguments: Any, help_text: str, **options: Any) -> None:
        bound = f"Where no index has them in this order, at most {SORTED:,} that match are sorted."
        super().__init__(*arguments, help_text=f"{help_text} {bound}", **options)

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        """Ordered as requested, newest first by default."""
        wanted = [self.get_ordering_value(one) for one in value or ["-created_at"]]
        return queryset.order_by(*wanted, "-id" if wanted[0].startswith("-") else "id")


def _known_currency(code: str) -> None:
    try:
        money.exponent(code.upper())
    except money.MoneyError as error:
        # By a parameter, because the message is a pattern, and the code may have a "%".
        raise ValidationError("%(error)s", params={"error": error}) from None


class ListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """How a list is filtered; an unknown choice is refused with the list of choices."""

    @classmethod
    def get_filters(cls) -> Any:
        """Those of the class, before anything, such as OpenAPI, makes and keeps their fields."""
        found: dict[str, django_filters.Filter] = super().get_filters()
        for one in found.values():
            if isinstance(one, django_filters.ChoiceFilter):
                known = ", ".join(value for value, _label in one.extra["choices"])
                one.extra["error_messages"] = {"invalid_choice": f"Send one of: {known}."}
        return found

    @classmethod
    def filter_for_lookup(cls, field: "Field[Any, Any]", lookup_type: str) -> Any:
        """Of choices, several may be sent."""
        chosen, options = super().filter_for_lookup(field, lookup_type)
        if chosen is django_filters.ChoiceFilter:
            return ListOfChoicesFilter, options | {"lookup_expr": "in"}
        return chosen, options


class CurrencyFilter(django_filters.CharFilter):  # type: ignore[misc]
    """``?currency=eur``, in capital letters or small ones."""

    def filter(self, queryset: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        """Those in the currency."""
        found: QuerySet[Any] = super().filter(queryset, value and value.upper())
        return found


def of_currency() -> CurrencyFilter:
    """``?currency=EUR``."""
    return CurrencyFilter(validators=[_known_currency], help_text="ISO 4217, such as EUR.")


class StoredFilter(ListFilter):
    """What every list of billing offers."""

    id = ListOfTextsFilter(help_text="Ids, separated by commas.")
    created_after = MomentFilter("created_at", "gte", help_text="Created then or later.")
    created_before = MomentFilter("created_at", "lt", help_text="Created before then.")
    updated_after = MomentFilter("updated_at", "gte", help_text="Changed then or later.")
    ordering = TotalOrdering(fields=("created_at", "updated_at"), help_text="Newest first unless given.")


class RowFilter(StoredFilter):
    """What lists of rows with metadata offer in addition."""

    metadata = MetadataFilter(help_text="Those with all of these values, as in metadata[color]=red.")


class MoneyFilter(RowFilter):
    """What lists of rows with a currency offer in addition."""

    currency = of_currency()


class CustomerFilter(MoneyFilter):
    class Meta:
        model = Customer
        fields = ("status", "external_id", "email")


class PlanFilter(RowFilter):
    class Meta:
        model = Plan
        fields = ("status", "lookup_key")


class PriceFilter(MoneyFilter):
    plan_id = ListOfTextsFilter()

    class Meta:
        model = Price
        fields = ("status", "lookup_key", "billing_period", "billing_model", "usage_type")


class SubscriptionFilter(MoneyFilter):
    customer_id = ListOfTextsFilter()
    price_id = ListOfPartsFilter("items__price_id")

    class Meta:
        model = Subscription
        fields = ("status", "collection_method")


class InvoiceFilter(MoneyFilter):
    customer_id = ListOfTextsFilter()
    subscription_id = ListOfTextsFilter()
    due_before = MomentFilter("due_date", "lt", help_text="Due before then.")
    overdue = django_filters.ChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        method="filter_overdue",
        help_text="Final, due before now, and something of it remains.",
    )
    ordering = TotalOrdering(
        fields=("created_at", "updated_at", "due_date", "total", "amount_remaining", "number"),
        help_text="Newest first unless given.",
    )

    class Meta:
        model = Invoice
        fields = ("status", "payment_status", "number", "collection_method")

    def filter_overdue(self, invoices: QuerySet[Invoice], _name: str, value: str) -> QuerySet[Invoice]:
        """Those that are overdue, or all others."""
        is_overdue = overdue(timezone.now())
        return invoices.filter(is_overdue) if value == "true" else invoices.exclude(is_overdue)


def outermost(name: str) -> str:
    """``metadata`` of ``metadata[color]``, and any other name as it is."""
    return "metadata" if name.startswith("metadata[") and name.endswith("]") else name


def filter_names(view: Any) -> frozenset[str]:
    """The query parameters that the view's filters know."""
    chosen: type[django_filters.FilterSet] | None = getattr(view, "filterset_class", None)
    return frozenset(chosen.get_filters()) if chosen else frozenset()
