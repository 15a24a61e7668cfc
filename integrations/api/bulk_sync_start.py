"""``POST /v1/syncs``: pushes many entities at once."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import FilterSet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api import filters
from billing.api.strict import StrictInput
from billing.errors import Conflict, Invalid, NotFound
from billing.events import Kind
from integrations.api.bulk_sync_serializers import BulkSyncDetailSerializer, BulkSyncDryRunSerializer
from integrations.api.filters import KINDS
from integrations.api.row_viewset import caller
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
    Kind.PAYMENT: filters.PaymentFilter,
}
MOST_IDS, SHOWN = 1000, 100


class BulkSyncInput(StrictInput):
    """Which entities: ``ids``, or those that fit ``filter``, or with ``unsynced`` those of them that are behind."""

    example = {"entity_type": "invoice", "unsynced": True, "filter": {"status": "finalized"}}

    entity_type = serializers.ChoiceField(choices=KINDS)
    provider = serializers.CharField(default="stripe")
    connection_id = serializers.CharField(default="", help_text="Which one, when there are several.")
    ids = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_IDS, required=False, allow_empty=False
    )
    filter = serializers.DictField(required=False, help_text="As in the query of the entity's list.")
    unsynced = serializers.BooleanField(
        default=False, help_text="Only what the provider should have and has not."
    )
    dry_run = serializers.BooleanField(default=False, help_text="Say which, and change nothing.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something has to be chosen, in one way."""
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
        """202 with the bulk sync, which workers carry out; 200 with ``dry_run``: what it would push."""
        body = BulkSyncInput(data=request.data)
        body.is_valid(raise_exception=True)
        asked = dict(body.validated_data)
        kind = Kind(asked["entity_type"])
        connection = selection.choose(self.environment_id, asked["provider"], asked["connection_id"])
        if kind not in registry.provider(connection.provider).pushes:
            raise Conflict(
                f"FlexSync has no way to send {kind}s to {connection.provider}.", code="not_supported"
            )
        chosen = _chosen(connection, kind, asked)
        if asked["dry_run"]:
            rehearsed = {"connection_id": connection.id, "total": len(chosen), "entity_ids": chosen[:SHOWN]}
            return Response(BulkSyncDryRunSerializer({"dry_run": True, **rehearsed}).data)
        choice = {name: asked[name] for name in ("ids", "filter", "unsynced") if asked.get(name)}
        run = bulk_syncs.start(
            connection, kind, chosen, choice=choice, started_by=caller(request), now=timezone.now()
        )
        return Response(BulkSyncDetailSerializer(run).data, status=202)


def _chosen(connection: Connection, kind: Kind, asked: dict[str, Any]) -> list[str]:
    """The ids, oldest first; raises Invalid for filters that make no sense, NotFound for an unknown id."""
    rows = apps.get_model("billing", kind)._default_manager.filter(environment_id=connection.environment_id)
    if "ids" in asked:
        return _named(rows, kind, asked["ids"])
    rows = _filtered(rows, kind, asked.get("filter", {}))
    if asked["unsynced"]:
        return selection.behind(connection, kind, rows)
    return selection.wanted(connection, kind, rows)


def _named(rows: QuerySet[Any], kind: Kind, ids: list[str]) -> list[str]:
    known = set(rows.filter(pk__in=ids).values_list("pk", flat=True))
    for one in ids:
        if one not in known:
            raise NotFound(f"There is no {kind} {one}.")
    return list(dict.fromkeys(ids))


def _filtered(rows: QuerySet[Any], kind: Kind, wanted: dict[str, Any]) -> QuerySet[Any]:
    known = FILTERS[kind]
    if unknown := sorted(set(wanted) - set(known.get_filters()) | {"ordering"} & set(wanted)):
        raise Invalid.of({f"filter.{name}": "There is no such filter." for name in unknown})
    filtered = known(data={name: str(value) for name, value in wanted.items()}, queryset=rows)
    if not filtered.is_valid():
        raise Invalid.of({f"filter.{name}": " ".join(said) for name, said in _problems(filtered)})
    found: QuerySet[Any] = filtered.qs
    return found


def _problems(filtered: FilterSet) -> Iterable[tuple[str, list[str]]]:
    return ((name, [str(one) for one in said]) for name, said in filtered.errors.items())
