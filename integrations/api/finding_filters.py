"""The filters and orderings of comparisons and findings."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, NumberFilter

from billing.api.filters import ListOfChoicesFilter, ListOfTextsFilter, MomentFilter, TotalOrdering
from integrations.api.filters import KINDS, NEWEST, ConnectionRowFilter
from integrations.models.comparison_runs import ComparisonState
from integrations.models.findings import FindingKind, FindingState, Suggestion


class FoundOrdering(TotalOrdering):
    """Puts the newest findings first unless another order is given."""

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        """Returns the rows in order."""
        return super().filter(queryset, value or ["-found_at"])


class ComparisonFilter(ConnectionRowFilter):
    """Filters comparisons."""

    state = ListOfChoicesFilter(choices=ComparisonState.choices)
    ordering = TotalOrdering(fields=("created_at", "settled_at"), help_text=NEWEST)


class FindingFilter(ConnectionRowFilter):
    """Filters findings."""

    kind = ListOfChoicesFilter(choices=FindingKind.choices)
    state = ListOfChoicesFilter(choices=FindingState.choices)
    entity_type = ListOfChoicesFilter(choices=KINDS)
    entity_id = ListOfTextsFilter()
    provider_entity_id = ListOfTextsFilter()
    field = CharFilter()
    suggested = ListOfChoicesFilter(choices=Suggestion.choices)
    currency = CharFilter()
    at_stake_min = NumberFilter(
        "amount_at_stake", "gte", help_text="At least as much money at stake (major units)."
    )
    found_after = MomentFilter("found_at", "gte", help_text="Found at this time or later.")
    found_before = MomentFilter("found_at", "lt", help_text="Found before this time.")
    ordering = FoundOrdering(fields=("found_at", "seen_at", "amount_at_stake"), help_text=NEWEST)
