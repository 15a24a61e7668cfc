"""The API's lists find few rows among many through an index, whichever filter tells them apart."""

import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from benchmarks import list_rows
from billing.models import Customer
from integrations.inbox.naming_customers import NamingCustomers
from integrations.tests.test_query_plans import plan

ROWS = 5_000
LATE = "2026-06-30T23:30:00Z"
# Each list, and the index that was made for it.
LISTS = {
    f"customers?updated_after={LATE}&ordering=updated_at": "customer_changed",
    "customers?metadata[order]=2500": "customer_metadata",
    "customers?status=archived": "customer_archived",
    f"invoices?updated_after={LATE}": "invoice_changed",
    "invoices?metadata[order]=none": "invoice_metadata",
    "invoices?status=draft,voided": "invoice_not_final",
    "invoices?payment_status=failed": "invoice_not_paid",
    "invoices?overdue=true": "invoice_due",
    f"payments?updated_after={LATE}": "payment_listed_by_change",
    "payments?metadata[order]=2500": "payment_metadata",
    "payments?status=processing": "payment_not_succeeded",
    "events?source=polled": "inbound_polled",
    "mappings?gone=true": "mapping_gone",
    "webhook_events?object_type=dispute": "webhook_event_type",
    "webhook_events?created_before=2026-03-01T00:00:00Z": "webhook_event_time",
    "changes?types=dispute.*": "webhook_event_type",
    "webhook_endpoints/{endpoint}/deliveries?state=failed": "webhook_delivery_failed",
    "webhook_endpoints/{endpoint}/deliveries?object_id=none": "webhook_event_sequence",
}  # fmt: skip


@pytest.mark.django_db
def test_each_list_has_its_index(server):
    key, endpoint, _connection = list_rows.load(ROWS)
    api = APIClient(headers={"authorization": f"Bearer {key}"})
    for path, index in LISTS.items():
        with CaptureQueriesContext(database) as captured:
            response = api.get(f"/v1/{path}".format(endpoint=endpoint))
        assert response.status_code == 200, (path, response.content)
        plans = "\n".join(plan(query["sql"]) for query in captured.captured_queries)
        assert re.search(rf"(using|Scan on) {index}\b", plans), (path, plans)
    naming = NamingCustomers(Customer.objects.earliest("pk").environment_id, map(str, range(300)))
    with CaptureQueriesContext(database) as captured:
        assert naming.of("order", "2500")
    assert "Scan on customer_metadata" in plan(captured.captured_queries[0]["sql"])
