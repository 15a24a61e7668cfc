"""From a new connection to a paid invoice only through the REST API and Stripe's pages."""

import httpx
import pytest
from django.db import connections

from billing.models import Environment
from billing.services import environments
from integrations.providers.stripe.tests.pipelines import Pipelines

pytestmark = pytest.mark.django_db(transaction=True)
SWITCHES = ("customer_outbound_enabled", "customer_inbound_enabled", "invoice_outbound_enabled")
LINES = [
    {"description": "Seats", "quantity": "3", "unit_amount": "12.50", "discount": "7.50"},
    {
        "description": "Storage",
        "unit_amount": "20.00",
        "tax": "4.00",
        "tax_name": "VAT",
        "tax_percentage": "20",
    },
]


@pytest.fixture
def api(live_server, monkeypatch, db):
    """A client of the API with the key of one environment."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    shop = Environment.objects.create(name="Shop")
    _, key = environments.create_api_key(environment=shop, name="test", scope="write")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=live_server.url, headers=headers, timeout=30, trust_env=False) as client:
        yield client


def post(api, path, **body):
    response = api.post(f"/v1/{path}", json=body)
    assert response.is_success, (path, response.status_code, response.text)
    return response.json()


def test_from_a_connection_to_a_paid_invoice(api, simulator, stripe_api, settings, live_server):
    settings.PUBLIC_URL = live_server.url
    keys = {"publishable_key": "pk_test_shop", "secret_key": "sk_test_shop", "webhook_secret": "whsec_later"}
    switches = dict.fromkeys(SWITCHES, True)
    connection = post(api, "connections", provider="stripe", name="Shop", metadata=keys, sync_config=switches)
    post(api, f"connections/{connection['id']}/webhook_endpoint")
    pipelines = Pipelines(simulator)

    customer = post(api, "customers", name="Ada", email="ada@example.com", external_id="crm-1")
    invoice = post(api, "invoices", customer_id=customer["id"], currency="USD", lines=LINES)
    post(api, f"invoices/{invoice['id']}/finalize")
    post(api, f"invoices/{invoice['id']}/sync/stripe")
    pipelines.settle()
    (pushed,) = stripe_api.v1.invoices.list().data
    assert (pushed.status, pushed.total) == ("open", 5400)

    urls = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart"}
    checkout = post(api, "payments/stripe/checkout", invoice_id=invoice["id"], **urls)
    simulator.pay_checkout_session(checkout["session_id"])
    pipelines.settle()
    paid = api.get(f"/v1/invoices/{invoice['id']}").json()
    assert (paid["payment_status"], paid["amount_paid"], paid["amount_remaining"]) == (
        "succeeded",
        "54.00",
        "0.00",
    )
    assert stripe_api.v1.invoices.retrieve(pushed.id).status == "paid"
    assert pipelines.unsettled() == []
