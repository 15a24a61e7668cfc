"""Search by customer: a row is also found by its customer's name, e-mail or id."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.admin.unfold_types import ModelAdmin
from billing.models import Customer

# Customers are looked for first, and no more than these: a join would compare every row's customer, which
# takes half a second at 50,000 rows.
MOST = 200
FIRST_ONLY = (
    "More than {0} customers match. The list has the rows of {0} of them: type more of the name, or open the"
    " customer and follow its links."
)


class ByCustomer(ModelAdmin):
    """For rows that have a customer."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        own, may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term.strip():
            return own, may_repeat
        customers = admin.site.get_model_admin(Customer)
        found, _ = customers.get_search_results(request, Customer.objects.order_by(), search_term)
        ids = list(found.values_list("pk", flat=True)[: MOST + 1])
        if len(ids) > MOST:
            messages.warning(request, FIRST_ONLY.format(MOST), fail_silently=True)
        return own | queryset.filter(customer__in=ids[:MOST]), may_repeat
