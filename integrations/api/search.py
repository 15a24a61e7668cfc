"""``/v1/search``: what a term names in the key's environment."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import EnvironmentView
from billing.errors import Invalid
from integrations.api.schema import RowSchema
from integrations.search import terms
from integrations.search.finding import Found, search
from integrations.search.kinds import KINDS

MOST, UNLESS_GIVEN = 100, 20
TERM = OpenApiParameter(
    "q",
    {"type": "string", "minLength": terms.SHORTEST, "maxLength": terms.LONGEST},
    required=True,
    description="An id of either side, an idempotency key, a number, a name or an e-mail address, or how one begins.",
)
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": UNLESS_GIVEN},
    description="How many of each type at most.",
)


class SearchInput(serializers.Serializer[Any]):
    """The query string."""

    q = serializers.CharField()
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=UNLESS_GIVEN)


class FoundSerializer(serializers.Serializer[Any]):
    """A row, and by what it was found."""

    type = serializers.ChoiceField(sorted(KINDS), source="kind")
    id = serializers.CharField()
    title = serializers.CharField(help_text="What people call it.")
    state = serializers.CharField(help_text='"" where it has none.')
    customer_id = serializers.CharField(source="customer.pk", default=None, allow_null=True)
    found_by = serializers.CharField(source="label", help_text="What the value is, for people.")
    value = serializers.CharField(help_text="The whole value that the term is, or is the beginning of.")
    url = serializers.SerializerMethodField(help_text='Its address in this API, "" where it has none.')

    def get_url(self, one: Found) -> str:
        """Returns the address of the row, or of the one that it belongs to."""
        kind = KINDS[KINDS[one.kind].page or one.kind]
        return f"/v1/{kind.noun}/{one.page.pk}" if kind.noun and one.page else ""


class SearchSerializer(serializers.Serializer[Any]):
    """What was found, by type: those that are exactly so called first."""

    items = FoundSerializer(many=True, source="found")
    more = serializers.ListField(
        child=serializers.CharField(), help_text="The types of which there are more than these."
    )


class SearchView(EnvironmentView):
    """Everything that a term names."""

    named = {"": ("find", "Find anything by an id, a number, a name or a key")}
    schema = RowSchema()
    parameters = (TERM, LIMIT)
    responses = {"": {200: SearchSerializer}}
    serializer_class = SearchSerializer

    def get(self, request: Request) -> Response:
        """Returns the rows that an id of either side, a key, a number, a name or an address finds."""
        query = SearchInput(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        limit = query.validated_data["limit"]
        results = search(query.validated_data["q"], environments=[self.environment_id], limit=limit)
        if results.problem:
            raise Invalid.of({"q": results.problem})
        return Response(SearchSerializer({"found": results.found, "more": sorted(results.more)}).data)

    def known_parameters(self) -> Iterable[str]:
        """The term, and how many."""
        return ("q", "limit")
