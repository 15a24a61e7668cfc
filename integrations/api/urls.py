"""The addresses of the API that belong to integrations."""

from typing import Any

from django.urls import path
from rest_framework.viewsets import ViewSetMixin

from billing.api.flexprice import with_put
from billing.events import Kind
from integrations.api import timelines
from integrations.api.alarms import AlarmViewSet
from integrations.api.bulk_syncs import BulkSyncViewSet
from integrations.api.charges import ChargeView
from integrations.api.checkout import CheckoutView
from integrations.api.comparisons import ComparisonViewSet
from integrations.api.conflicts import ConflictViewSet
from integrations.api.connections import ConnectionViewSet
from integrations.api.credit_notes import CreditNoteViewSet
from integrations.api.duplicates import RefundDuplicateView
from integrations.api.entity_sync import EntitySyncView
from integrations.api.environment import EnvironmentOfKeyView
from integrations.api.finding_bulk import FindingBulkViewSet
from integrations.api.findings import FindingViewSet
from integrations.api.gone_choices import GoneChoiceViewSet
from integrations.api.health import HealthViewSet
from integrations.api.history import EventViewSet, SyncViewSet
from integrations.api.imports import ImportViewSet
from integrations.api.link_candidates import ImportLinkViewSet, LinkCandidateViewSet
from integrations.api.mappings import MappingChangeViewSet, MappingViewSet
from integrations.api.payment_methods import DefaultMethodView, MethodsView, MethodView, PortalView, SetupView
from integrations.api.refunds import RefundView
from integrations.api.repair_batches import RepairBatchViewSet
from integrations.api.replay import ReplayView
from integrations.api.search import SearchView
from integrations.api.timelines import TimelineView
from integrations.api.webhook_endpoints import WebhookDeliveryViewSet, WebhookEndpointViewSet
from integrations.api.webhook_events import ChangesView, WebhookEventViewSet
from integrations.webhooks.urls import urlpatterns as webhooks

Actions = dict[str, Any]


def _post(view: type[ViewSetMixin], action: str, **options: Any) -> Any:
    return view.as_view({"post": action}, **options)


_list: Actions = {"get": "list"}
_one: Actions = {"get": "retrieve"}
_connections: Actions = {"get": "list", "post": "create"}
_connection: Actions = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    *webhooks,
    path("connections", ConnectionViewSet.as_view(_connections)),
    path("connections/<str:id>", ConnectionViewSet.as_view(with_put(_connection))),
    path("connections/<str:id>/health", HealthViewSet.as_view({"get": "health"})),
    path("connections/<str:id>/prove", _post(HealthViewSet, "prove", idempotency="reserve")),
    path("connections/<str:id>/poll", _post(HealthViewSet, "poll")),
    path("connections/<str:id>/test", _post(ConnectionViewSet, "test", idempotency="reserve")),
    path("connections/<str:id>/pause", _post(ConnectionViewSet, "pause")),
    path("connections/<str:id>/resume", _post(ConnectionViewSet, "resume")),
    path("connections/<str:id>/recover", _post(ConnectionViewSet, "recover")),
    path("connections/<str:id>/secrets", _post(ConnectionViewSet, "secrets")),
    path(
        "connections/<str:id>/webhook_endpoint",
        _post(ConnectionViewSet, "webhook_endpoint", idempotency="reserve"),
    ),
    path("credit_notes", CreditNoteViewSet.as_view(_list | {"post": "create"})),
    path("credit_notes/<str:id>", CreditNoteViewSet.as_view(_one)),
    path("credit_notes/<str:id>/void", _post(CreditNoteViewSet, "void")),
    path("imports", ImportViewSet.as_view(_list | {"post": "create"})),
    path("imports/<str:id>", ImportViewSet.as_view(_one)),
    path("imports/<str:id>/pause", _post(ImportViewSet, "pause")),
    path("imports/<str:id>/resume", _post(ImportViewSet, "resume")),
    path("imports/<str:id>/cancel", _post(ImportViewSet, "cancel")),
    path("imports/<str:id>/decide_links", _post(ImportLinkViewSet, "decide_links")),
    path("imports/<str:id>/settle_links", _post(ImportLinkViewSet, "settle_links")),
    path("link_candidates", LinkCandidateViewSet.as_view(_list)),
    path("link_candidates/<str:id>", LinkCandidateViewSet.as_view(_one)),
    path("link_candidates/<str:id>/decide", _post(LinkCandidateViewSet, "decide")),
    path("comparisons", ComparisonViewSet.as_view(_list | {"post": "create"})),
    path("comparisons/<str:id>", ComparisonViewSet.as_view(_one)),
    path("comparisons/<str:id>/pause", _post(ComparisonViewSet, "pause")),
    path("comparisons/<str:id>/resume", _post(ComparisonViewSet, "resume")),
    path("comparisons/<str:id>/cancel", _post(ComparisonViewSet, "cancel")),
    path("findings", FindingViewSet.as_view(_list)),
    path("findings/repair", _post(FindingBulkViewSet, "repair_many")),
    path("repair_batches", RepairBatchViewSet.as_view(_list)),
    path("repair_batches/<str:id>", RepairBatchViewSet.as_view(_one)),
    path("findings/<str:id>", FindingViewSet.as_view(_one)),
    path("findings/<str:id>/repair", _post(FindingViewSet, "repair")),
    path("findings/<str:id>/accept", _post(FindingViewSet, "accept")),
    path("findings/<str:id>/reopen", _post(FindingViewSet, "reopen")),
    path("mappings", MappingViewSet.as_view(_list | {"post": "create"})),
    path("mappings/<str:id>", MappingViewSet.as_view(_one | {"delete": "destroy"})),
    path("mappings/<str:id>/relink", _post(MappingViewSet, "relink")),
    path("mapping_changes", MappingChangeViewSet.as_view(_list)),
    path("mapping_changes/<str:id>", MappingChangeViewSet.as_view(_one)),
    path("conflicts", ConflictViewSet.as_view(_list)),
    path("conflicts/<str:id>", ConflictViewSet.as_view(_one)),
    path("conflicts/<str:id>/keep", _post(ConflictViewSet, "keep")),
    path("conflicts/<str:id>/take", _post(ConflictViewSet, "take")),
    path("mappings/<str:id>/resolve", _post(GoneChoiceViewSet, "resolve", idempotency="reserve")),
    path("alarms", AlarmViewSet.as_view(_list)),
    path("alarms/<str:id>", AlarmViewSet.as_view(_one)),
    path("alarms/<str:id>/agree", _post(AlarmViewSet, "agree")),
    path("environment", EnvironmentOfKeyView.as_view()),
    path("events", EventViewSet.as_view(_list)),
    path("events/replay", ReplayView.as_view()),
    path("events/<str:id>", EventViewSet.as_view(_one)),
    path("events/<str:id>/replay", _post(EventViewSet, "replay")),
    path("webhook_endpoints", WebhookEndpointViewSet.as_view(_connections)),
    path("webhook_endpoints/<str:id>", WebhookEndpointViewSet.as_view(_connection)),
    path(
        "webhook_endpoints/<str:id>/secrets", _post(WebhookEndpointViewSet, "secrets", idempotency="reserve")
    ),
    path("webhook_endpoints/<str:id>/test", _post(WebhookEndpointViewSet, "test", idempotency="reserve")),
    path("webhook_endpoints/<str:id>/resend", _post(WebhookEndpointViewSet, "resend")),
    path("webhook_endpoints/<str:id>/deliveries", WebhookDeliveryViewSet.as_view(_list)),
    path("webhook_events", WebhookEventViewSet.as_view(_list)),
    path("webhook_events/<str:id>", WebhookEventViewSet.as_view(_one)),
    path("changes", ChangesView.as_view()),
    path("search", SearchView.as_view()),
    path("syncs", SyncViewSet.as_view({"get": "list", "post": "create"})),
    path("syncs/<str:id>", SyncViewSet.as_view(_one)),
    path("syncs/<str:id>/retry", _post(SyncViewSet, "retry")),
    path("syncs/<str:id>/cancel", _post(SyncViewSet, "cancel")),
    path("sync_runs", BulkSyncViewSet.as_view(_list)),
    path("sync_runs/<str:id>", BulkSyncViewSet.as_view(_one)),
    path("sync_runs/<str:id>/pause", _post(BulkSyncViewSet, "pause")),
    path("sync_runs/<str:id>/resume", _post(BulkSyncViewSet, "resume")),
    path("sync_runs/<str:id>/cancel", _post(BulkSyncViewSet, "cancel")),
    path("payments/<str:provider>/checkout", CheckoutView.as_view()),
    path("payments/<str:provider>/charge", ChargeView.as_view()),
    path("payments/<str:payment_id>/refund", RefundView.as_view()),
    path("invoices/<str:invoice_id>/refund_duplicate", RefundDuplicateView.as_view()),
    path("customers/<str:customer_id>/payment_methods/<str:provider>", MethodsView.as_view()),
    path("customers/<str:customer_id>/payment_methods/<str:provider>/setup", SetupView.as_view()),
    path("customers/<str:customer_id>/payment_methods/<str:provider>/<str:method_id>", MethodView.as_view()),
    path(
        "customers/<str:customer_id>/payment_methods/<str:provider>/<str:method_id>/default",
        DefaultMethodView.as_view(),
    ),
    path("customers/<str:customer_id>/portal/<str:provider>", PortalView.as_view()),
    *(
        path(f"{kind}s/<str:entity_id>/sync/<str:provider>", EntitySyncView.as_view(kind=kind))
        for kind in Kind
    ),
    *(path(f"{kind}s/<str:entity_id>/timeline", TimelineView.as_view(kind=kind)) for kind in timelines.KINDS),
]
