"""The same program looks at what happened, hears of changes, and ends what it has made."""

from flexsync_client import AuthenticatedClient
from flexsync_client.api.alarms import alarms_list
from flexsync_client.api.changes import changes_list
from flexsync_client.api.comparisons import comparisons_create, comparisons_get
from flexsync_client.api.conflicts import conflicts_list
from flexsync_client.api.customers import customers_archive, customers_timeline
from flexsync_client.api.events import events_list, events_replay_many
from flexsync_client.api.findings import findings_list
from flexsync_client.api.imports import imports_create, imports_get
from flexsync_client.api.invoices import invoices_create, invoices_get, invoices_void
from flexsync_client.api.mapping_changes import mapping_changes_list
from flexsync_client.api.mappings import mappings_list
from flexsync_client.api.search import search_find
from flexsync_client.api.sync_runs import sync_runs_get
from flexsync_client.api.syncs import syncs_create, syncs_get, syncs_list
from flexsync_client.api.webhook_endpoints import (
    webhook_endpoints_create,
    webhook_endpoints_delete,
    webhook_endpoints_rotate_secret,
)
from flexsync_client.api.webhook_events import webhook_events_list
from flexsync_client.models import (
    BulkSyncDetail,
    BulkSyncRequest,
    BulkSyncRequestEntityType,
    ComparisonRequest,
    Customer,
    Error,
    ImportRequest,
    Invoice,
    InvoiceRequest,
    LineRequest,
    ReplayRequest,
    ReplayRequestState,
    WebhookEndpointRequest,
    WebhookEventsListTypeItem,
    WebhookSecretRequest,
)

from tests.contract.story import Settle, good


def looked_at(api: AuthenticatedClient, seen: Invoice) -> None:
    """What came in and went out, and which object is which row."""
    assert good(events_list.sync(client=api, limit=5)).items
    replay = ReplayRequest(state=ReplayRequestState.APPLIED, dry_run=True)
    assert good(events_replay_many.sync(client=api, body=replay)).count > 0
    [sync, *_] = good(syncs_list.sync(client=api, entity_id=[seen.id])).items
    assert good(syncs_get.sync(sync.id, client=api)).calls
    [mapping] = good(mappings_list.sync(client=api, entity_id=[seen.id])).items
    assert mapping.provider_entity_id.startswith("in_")
    found = good(search_find.sync(client=api, q=mapping.provider_entity_id))
    assert seen.id in {one.id for one in found.items}
    assert good(customers_timeline.sync(seen.customer_id, client=api)).items
    assert good(conflicts_list.sync(client=api)).items == []
    for nothing in (alarms_list, mapping_changes_list):
        good(nothing.sync(client=api))


def heard(api: AuthenticatedClient) -> str:
    """An endpoint whose secret is replaced, and the same by polling; returns where to poll on."""
    body = WebhookEndpointRequest(url="https://shop.example/hooks", event_types=["invoice.*"])
    endpoint = good(webhook_endpoints_create.sync(client=api, body=body))
    rotated = WebhookSecretRequest(overlap_seconds=60)
    newer = good(webhook_endpoints_rotate_secret.sync(endpoint.id, client=api, body=rotated))
    assert newer.secret != endpoint.secret
    changes = good(changes_list.sync(client=api, after="0", types=["invoice.paid"]))
    assert {one.type_ for one in changes.items} == {"invoice.paid"}
    assert good(webhook_events_list.sync(client=api, type_=[WebhookEventsListTypeItem.INVOICE_PAID])).items
    assert webhook_endpoints_delete.sync(endpoint.id, client=api) is None
    return changes.next_


def compared(api: AuthenticatedClient, settle: Settle) -> None:
    """Both sides are equal; an import would bring nothing, a bulk sync has nothing to send."""
    run = good(comparisons_create.sync(client=api, body=ComparisonRequest(provider="stripe")))
    counted = good(imports_create.sync(client=api, body=ImportRequest(provider="stripe", dry_run=True)))
    wanted = BulkSyncRequest(entity_type=BulkSyncRequestEntityType.INVOICE, provider="stripe", unsynced=True)
    bulk = good(syncs_create.sync(client=api, body=wanted))
    assert isinstance(bulk, BulkSyncDetail)
    settle()
    assert good(comparisons_get.sync(run.id, client=api)).state == "done"
    assert good(imports_get.sync(counted.id, client=api)).state == "done"
    assert good(sync_runs_get.sync(bulk.id, client=api)).state == "done"
    assert good(findings_list.sync(client=api)).items == []


def ended(api: AuthenticatedClient, of: Customer) -> None:
    """A draft is voided and the customer archived, both still readable; what never was is a 404."""
    lines = [LineRequest(description="Nothing", amount="0")]
    body = InvoiceRequest(customer_id=of.id, currency="USD", lines=lines)
    draft = good(invoices_create.sync(client=api, body=body))
    assert good(invoices_void.sync(draft.id, client=api)).status == "voided"
    assert good(customers_archive.sync(of.id, client=api)).status == "archived"
    unknown = invoices_get.sync("inv_unknown", client=api)
    assert isinstance(unknown, Error) and unknown.code == "not_found"
