"""docs/adding_a_provider.md is right: its provider goes both ways, and nothing else had to change."""

import hashlib
import hmac
import json
import re
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

import integrations.providers
from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.services.customers import customers
from integrations.errors import Retry
from integrations.inbox import processing
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.outbox import worker
from integrations.provider_api import registry
from integrations.testing import ScriptedGateway, make_connection, push, registered
from integrations.tests.factories import CustomerFactory

PAGE = Path(__file__).parents[2] / "docs" / "adding_a_provider.md"
PROVIDER_CODE, TESTING_CODE = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


class Postbox(BaseHTTPRequestHandler):
    """The made-up provider's server."""

    contacts: dict[str, dict[str, str]] = {}

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _, noun, *target = self.path.split("/")
        answer = {"id": "box_1", "name": "Post"}
        if noun == "contacts":
            name = target[0] if target else f"contact_{len(self.contacts) + 1}"
            answer = self.contacts[name] = {"id": name} | body
        self.send_response(200 if self.headers["Authorization"] == "Bearer token_12345" else 401)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_args):
        """Says nothing."""


@pytest.fixture
def postbox():
    """Its address."""
    Postbox.contacts = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), Postbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The page's code in a folder under providers/, as far as Python can tell."""
    made = tmp_path / "postbox"
    made.mkdir()
    (made / "__init__.py").touch()
    (made / "provider.py").write_text(PROVIDER_CODE)
    monkeypatch.setattr(integrations.providers, "__path__", [*integrations.providers.__path__, str(tmp_path)])
    registry._found.cache_clear()
    yield made
    registry._found.cache_clear()


@pytest.fixture
def connection(folder, postbox, environment):
    return make_connection(
        environment.id,
        "postbox",
        credentials={"address": postbox, "token": "token_12345"},
        secret="postbox_secret",
    )


def test_the_folder_is_found(folder):
    assert registry.provider("postbox").label == "Postbox"


def test_a_customer_goes_out_and_stays_in_step(connection):
    made = customers.create(environment_id=connection.environment_id, facts=CustomerFacts(name="Ada"))
    worker.deliver(OutboundSync.objects.get().id, now=timezone.now())
    customers.update(
        environment_id=connection.environment_id, customer_id=made.id, changes={"email": "ada@example.com"}
    )
    worker.deliver(OutboundSync.objects.get(state="pending").id, now=timezone.now())
    assert Postbox.contacts == {"contact_1": {"id": "contact_1", "name": "Ada", "email": "ada@example.com"}}


def test_a_contact_comes_in_and_is_not_echoed(connection):
    event = {"id": "e1", "type": "contact.saved", "sent": int(time.time())}
    body = json.dumps(event | {"contact": {"id": "contact_7", "name": "Grace", "email": "g@example.com"}})
    signature = hmac.new(b"postbox_secret", body.encode(), hashlib.sha256).hexdigest()
    answer = Client().post(
        "/v1/integrations/postbox/webhook",
        body,
        content_type="application/json",
        headers={"Postbox-Signature": signature},
    )
    assert answer.status_code == 200
    processing.process(InboundEvent.objects.get().id, timezone.now())
    assert InboundEvent.objects.get().state == "applied"
    assert Customer.objects.get().name == "Grace"
    assert EntityMapping.objects.get().provider_entity_id == "contact_7"
    assert not OutboundSync.objects.exists()


def test_the_api_knows_it(connection, api, postbox):
    body = {"provider": "postbox", "name": "New", "metadata": {"address": postbox, "token": "token_12345"}}
    made = api.post("/v1/connections", body).json()
    assert api.post(f"/v1/connections/{made['id']}/test").json()["account_id"] == "box_1"


def test_no_migration_is_needed(connection):
    call_command("makemigrations", "integrations", check=True, dry_run=True, verbosity=0)


def test_what_the_page_says_of_testing_is_right(folder, environment):
    names = {
        "PROVIDER": registry.provider("postbox"),
        "customer": CustomerFactory(environment=environment),
        "Kind": Kind,
        "Retry": Retry,
        "ScriptedGateway": ScriptedGateway,
        "push": push,
        "replace": replace,
        "make_connection": make_connection,
        "registered": registered,
    }
    exec(TESTING_CODE, names)  # noqa: S102 - the code is our own page
    assert names["gateway"].operations() == ["contacts.save"]
