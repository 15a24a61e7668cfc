"""FlexPrice's addresses, found before those of one row: "search" is no id."""

from django.urls import path

from integrations.api.flexprice.link import LinkViewSet
from integrations.api.flexprice.lookups import CustomerLookup, PriceLookup
from integrations.api.flexprice.mappings import MappingAliasViewSet
from integrations.api.flexprice.search import SEARCHES
from integrations.api.flexprice.sync import SyncAliasView

_lookup = {"get": "lookup"}

urlpatterns = [
    path("integrations/link", LinkViewSet.as_view({"post": "link", "delete": "unlink"})),
    path("integrations/mappings", MappingAliasViewSet.as_view({"get": "list"}, schema=None)),
    path("integrations/sync", SyncAliasView.as_view(schema=None)),
    path("customers/lookup/<path:lookup_key>", CustomerLookup.as_view(_lookup, schema=None)),
    path("prices/lookup/<path:lookup_key>", PriceLookup.as_view(_lookup, schema=None)),
    *(
        path(f"{noun}/search", view.as_view({"post": "search"}, schema=None))
        for noun, view in SEARCHES.items()
    ),
]
