"""``POST /v1/syncs``: starts a bulk sync, which sends many entities to a provider."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import FilterSet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api import filters, money_filters
from billing.api.authentication import caller
from billing.api.strict import StrictInput
from billing.errors import Conflict, Invalid
from billing.events import Kind
from billing.persistence.tables import MODELS
from integrations.api.bulk_sync_serializers import BulkSyncDetailSerializer, BulkSyncDryRunSerializer
from integrations.api.filters import KINDS
from integrations.api.named_connections import in_body
from integrations.connections import selection
from integrations.models import Connection
from integrations.outbox import bulk_syncs
from integrations.provider_api import registry

FILTERS: dict[Kind, type[FilterSet]] = {
    Kind.CUSTOMER: filters.CustomerFilter,
    Kind.PLAN: filters.PlanFilter,
    Kind.PRICE: filters.PriceFilter,
    Kind.SUBSCRIPTION: filters.SubscriptionFilter,
    Kind.INVOICE: filters.InvoiceFilter,
    Kind.PAYMENT: money_filters.PaymentFilter,
    Kind.CREDIT_NOTE: money_filters.CreditNoteFilter,
}
# How many ids a request may name, and how many a dry run shows.
MOST_IDS, SHOWN = 1000, 100


class BulkSyncInput(StrictInput):
    """Which entities: ``ids``, those that match ``filter``, or with ``unsynced`` those not synced yet."""

    example = {"entity_type": "invoice", "unsynced": True, "filter": {"status": "finalized"}}

    entity_type = serializers.ChoiceField(choices=KINDS)
    provider = serializers.CharField(
        default="", help_text="Needed when there are connections to several providers."
    )
    connection_id = serializers.CharField(
        default="", help_text="Needed when there are several connections to the provider."
    )
    ids = serializers.ListField(
        child=serializers.CharField(max_length=40),
        min_length=1,
        max_length=MOST_IDS,
        required=False,
        allow_empty=False,
    )
    filter = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="As in the query string of the entity's list.",
    )
    unsynced = serializers.BooleanField(
        default=False, help_text="Only entities that the provider should have and does not have."
    )
    dry_run = serializers.BooleanField(default=False, help_text="List the entities and change nothing.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Requires a choice of entities, made in one way."""
        if "ids" in attrs and ("filter" in attrs or attrs["unsynced"]):
            raise serializers.ValidationError(
                {"ids": ["Send ids, or filter and unsynced, not both."]}, code="invalid"
            )
        if not ("ids" in attrs or "filter" in attrs or attrs["unsynced"]):
            raise serializers.ValidationError(
                {"unsynced": ["Send ids, a filter, or unsynced: true."]}, code="invalid"
            )
        return attrs


class StartBulkSync:
    """The POST of a list of syncs."""

    environment_id: str

    def create(self, request: Request) -> Response:
        """202 with the bulk sync, for workers to carry out; 200 with ``dry_run``: what it would send."""
        body = BulkSyncInput(data=request.data)
        body.is_valid(raise_exception=True)
        options = dict(body.validated_data)
        kind = Kind(options["entity_type"])
        connection = in_body(self.environment_id, options)
        if kind not in registry.provider(connection.provider).pushes:
            raise Conflict(
                f"FlexSync has no way to send {kind}s to {connection.provider}.", code="not_supported"
            )
        chosen = _chosen(connection, kind, options)
        if options["dry_run"]:
            found = {"connection_id": connection.id, "total": len(chosen), "entity_ids": chosen[:SHOWN]}
            return Response(BulkSyncDryRunSerializer({"dry_run": True, **found}).data)
        choice = {name: options[name] for name in ("ids", "filter", "unsynced") if options.get(name)}
        run = bulk_syncs.start(
            connection, kind, chosen, choice=choice, started_by=caller(request), now=timezone.now()
        )
        return Response(BulkSyncDetailSerializer(run).data, status=202)


def _chosen(connection: Connection, kind: Kind, options: dict[str, Any]) -> list[str]:
    """Returns the ids, oldest first; raises Invalid for a wrong filter or an unknown id."""
    rows = MODELS[kind]._default_manager.filter(environment_id=connection.environment_id)
    if "ids" in options:
        return _existing(rows, kind, options["ids"])
    rows = _filtered(rows, kind, options.get("filter", {}))
    if options["unsynced"]:
        return selection.behind(connection, kind, rows)
    return selection.wanted(connection, kind, rows)


def _existing(rows: QuerySet[Any], kind: Kind, ids: list[str]) -> list[str]:
    existing = set(rows.filter(pk__in=ids).values_list("pk", flat=True))
    for entity_id in ids:
        if entity_id not in existing:
            raise Invalid.of({"ids": f"There is no {kind} {entity_id}."})
    return list(dict.fromkeys(ids))


def _filtered(rows: QuerySet[Any], kind: Kind, filters: dict[str, Any]) -> QuerySet[Any]:
    filter_set = FILTERS[kind]
    if unknown := sorted(set(filters) - set(filter_set.get_filters()) | {"ordering"} & set(filters)):
        raise Invalid.of({f"filter.{name}": "There is no such filter." for name in unknown})
    filtered = filter_set(data={name: str(value) for name, value in filters.items()}, queryset=rows)
    if not filtered.is_valid():
        raise Invalid.of({f"filter.{name}": " ".join(texts) for name, texts in _errors(filtered)})
    found: QuerySet[Any] = filtered.qs
    return found


def _errors(filtered: FilterSet) -> Iterable[tuple[str, list[str]]]:
    return ((name, [str(error) for error in errors]) for name, errors in filtered.errors.items())
