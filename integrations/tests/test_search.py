"""Searches find what a term means, wherever it stands, and show nothing that is not the caller's."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from billing.admin.links import row_url
from billing.models import IdempotentRequest
from billing.tests.admin.conftest import logged_in, operator
from billing.tests.factories import CreditNoteFactory, CustomerFactory, InvoiceFactory, PlanFactory
from integrations.models import Connection, EntityMapping, InboundEvent, WebhookEndpoint, WebhookEvent
from integrations.search import terms
from integrations.search.finding import search
from integrations.search.keys import KEYS, any_case, own, words
from integrations.testing import make_connection
from integrations.tests.conftest import client
from integrations.tests.factories import EnvironmentFactory

__all__ = ["operator"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(environment):
    return CustomerFactory(environment=environment, name="Ada King-Lovelace", email="Ada@Example.com")


def found(term, environment, **options):
    results = search(term, environments=[environment.pk], **{"limit": 10, **options})
    return [(one.kind, one.id) for one in results.found]


def test_a_name_is_found_by_the_beginning_of_any_of_its_words(ada, environment):
    PlanFactory(environment=environment, name="Lovely plan")
    for term in ("ada", "ADA KING", "lovelace", "king love", "King-Lovelace", "  Ada  ", "<ada@example.com>"):
        assert found(term, environment) == [("customer", ada.pk)], term
    for term in ("ovelace", "ada turing", "da", "' | adax", "adax \\' :*", "!!!", "%da%", "a_a"):
        assert ("customer", ada.pk) not in found(term, environment), term
    assert [kind for kind, _ in found("love", environment)] == ["customer", "plan"]


def test_an_own_id_is_found_by_its_beginning_in_letters_of_any_case(ada, environment):
    for term in (
        ada.pk,
        ada.pk[:12],
        ada.pk.lower(),
        f"flexsync-{ada.pk}-create-0",
        f"https://x.example{row_url(ada)}",
    ):
        assert found(term, environment)[0] == ("customer", ada.pk), term
    assert found(f"{ada.pk}0", environment) == []
    line = InvoiceFactory(environment=environment).lines.get()
    assert found(line.pk, environment) == [("invoice", line.invoice_id)]


def test_a_number_is_found_in_small_letters_and_whole_ones_come_first(environment):
    invoices = [InvoiceFactory(environment=environment) for _ in range(3)]
    for place, number in enumerate(("INV-70", "INV-7", "INV-71")):
        type(invoices[0]).objects.filter(pk=invoices[place].pk).update(number=number)
    assert found("INV-7", environment)[0] == ("invoice", invoices[1].pk)
    assert {id for _, id in found("inv-7", environment)} == {invoice.pk for invoice in invoices}
    note = CreditNoteFactory(environment=environment, number="INV-9-CN-01")
    assert found("INV-9", environment) == [("credit_note", note.pk)]


def test_endpoints_and_events_of_outbound_webhooks_are_found_by_their_ids(environment):
    endpoint = WebhookEndpoint.objects.create(environment=environment, url="https://a.example", shape="1")
    event = WebhookEvent.objects.create(
        environment=environment, position=1, entry_id=1, type="customer.created", object_type="customer",
        object_id="cust_1", sequence=1, action="created", changes={}, created_at=endpoint.created_at,
    )  # fmt: skip
    for term in (endpoint.pk, endpoint.pk[:12], endpoint.pk.lower()):
        assert found(term, environment) == [("webhook_endpoint", endpoint.pk)], term
    assert found(event.pk[:12], environment) == [("webhook_event", event.pk)]
    WebhookEndpoint.objects.update(deleted_at=endpoint.created_at)
    assert found(endpoint.pk, environment) == []


def test_the_providers_number_of_an_invoice_is_found(environment, connection):
    invoice = InvoiceFactory(environment=environment)
    EntityMapping.objects.create(
        connection=connection, entity_type="invoice", entity_id=invoice.pk, provider_entity_id="in_1",
        metadata={"number": "E57D5190-0001"},
    )  # fmt: skip
    for term in ("E57D5190-0001", "e57d5190", "E57"):
        assert found(term, environment) == [("invoice", invoice.pk)], term


def test_another_environment_shows_nothing(ada, environment, connection):
    elsewhere = EnvironmentFactory()
    EntityMapping.objects.create(
        connection=connection, entity_type="customer", entity_id=ada.pk, provider_entity_id="cus_ada"
    )
    for term in ("ada", ada.pk, "cus_ada", f"key-{ada.pk}", connection.pk, environment.pk):
        assert found(term, environment), term
        assert found(term, elsewhere) == [], term


def test_what_there_is_more_of_is_said(environment):
    for _ in range(4):
        CustomerFactory(environment=environment, name="Grace Hopper", email="grace@example.com")
    results = search("grace", environments=[environment.pk], limit=3)
    assert (len(results.found), results.more) == (3, {"customer"})
    assert search("grace", environments=[environment.pk], limit=4).more == frozenset()


def test_an_idempotency_key_of_the_api_finds_what_was_made_with_it(ada, environment, api):
    answer = api.post("/v1/customers", {"name": "Bob"}, headers={"Idempotency-Key": "order-77"})
    results = search("order-7", environments=[environment.pk], limit=10)
    assert [(one.kind, one.title) for one in results.found] == [
        ("customer", "Bob"),
        ("api_request", "POST /v1/customers"),
    ]
    assert results.found[0].id == answer.json()["id"] and results.found[1].page is None
    IdempotentRequest.objects.create(
        environment=environment, key="broken", created_at=ada.created_at, answer="[1]"
    )
    assert [kind for kind, _ in found("broken", environment)] == ["api_request"]


def test_what_cannot_be_searched_for_is_said():
    for text, said in (("ab", "at least"), ("x" * 256, "at most"), ("a\0bc", "null")):
        assert said in search(text, environments=[], limit=1).problem
    assert terms.cleaned("https://dashboard.stripe.com/acct_1/test/payments/pi_1?x=/y#z") == "pi_1"
    assert terms.cleaned("https://") == "" and search("https://", environments=[], limit=1).problem


def test_no_key_reads_a_secret():
    columns = {(key.model.__name__, key.column) for key in KEYS}
    assert not [one for one in columns if "secret" in one[1] or "credential" in one[1] or one[1] == "answer"]
    assert {name for name, _ in columns}.isdisjoint({"ApiKey", "SigningSecret", "User", "Session"})


def test_each_key_has_an_index_that_finds_beginnings_whatever_the_collation():
    small = {Connection}
    with database.cursor() as cursor:
        cursor.execute("SELECT tablename, indexdef FROM pg_indexes")
        indexes = cursor.fetchall()
    for key in KEYS:
        if key.model in small or key.matching is own:
            continue
        table, column = key.model._meta.db_table, f"{key.column}"
        form = {
            any_case: rf"\(upper\(\({column}\)::text\) (varchar|text)_pattern_ops",
            words: rf"USING gin \(to_tsvector\('simple'::regconfig, .*{column}",
        }.get(key.matching, rf"\((\w+_id( varchar_ops)?, )?{column} (varchar|text)_pattern_ops")
        found = [definition for name, definition in indexes if name == table and re.search(form, definition)]
        assert found, (table, column)


class TestTheApi:
    def test_it_finds_what_is_in_the_keys_environment(self, ada, environment, api):
        page = api.get("/v1/search", {"q": "ada@example"}).json()
        [item] = page["items"]
        assert item == {
            "type": "customer",
            "id": ada.pk,
            "title": "Ada King-Lovelace",
            "state": "active",
            "customer_id": ada.pk,
            "found_by": "e-mail address",
            "value": "Ada@Example.com",
            "url": f"/v1/customers/{ada.pk}",
        }
        assert api.get(item["url"]).json()["id"] == ada.pk and page["more"] == []
        elsewhere = client(EnvironmentFactory(), "read")
        assert elsewhere.get("/v1/search", {"q": ada.pk}).json() == {"items": [], "more": []}

    def test_what_it_does_not_take_is_refused_by_name(self, api):
        for query, name in (
            ({}, "q"),
            ({"q": "ab"}, "q"),
            ({"q": "abc", "limit": "0"}, "limit"),
            ({"x": "1"}, "x"),
        ):
            refusal = api.get("/v1/search", query)
            assert (refusal.status_code, next(iter(refusal.json()["details"]))) == (400, name)


class TestThePage:
    def test_it_shows_kind_state_customer_and_environment(self, ada, environment, operator):
        invoice = InvoiceFactory(environment=environment, customer=ada)
        page = operator.get("/admin/search/", {"q": invoice.pk}).content.decode()
        for text in (
            "Invoice",
            row_url(invoice),
            "Ada King-Lovelace",
            str(environment),
        ):
            assert text in page, text
        assert "Type at least 3" in operator.get("/admin/search/", {"q": "x"}).content.decode()
        assert "Nothing that you may view" in operator.get("/admin/search/", {"q": "nobody"}).content.decode()

    def test_it_shows_only_what_the_user_may_view(self, ada, environment):
        PlanFactory(environment=environment, name="Adamant")
        user = User.objects.create_user("clerk", is_staff=True)
        clerk = logged_in(user)
        assert b"Nothing that you may view" in clerk.get("/admin/search/", {"q": "ada"}).content
        user.user_permissions.set(Permission.objects.filter(codename="view_plan"))
        page = clerk.get("/admin/search/", {"q": "ada"}).content
        assert b"Adamant" in page and b"Lovelace" not in page
        assert b"Lovelace" not in clerk.get("/admin/search/", {"s": "ada", "extended": "1"}).content
        assert b"Customers" not in clerk.get("/admin/search/", {"s": "cust", "extended": "1"}).content

    def test_the_palette_shows_pages_and_rows_as_they_are_now(self, ada, operator):
        def palette(text):
            return operator.get("/admin/search/", {"s": text, "extended": "1"}).content.decode()

        assert "Lovelace" in palette("ada") and "/admin/search/?q=ada" in palette("ada")
        type(ada).objects.update(name="Countess")
        assert "Lovelace" not in palette("ada") and "Countess" in palette("ada")
        assert "/admin/integrations/inboundevent/" in palette("inbox")

    def test_where_there_is_more_it_leads_to_the_list(self, environment, operator):
        for _ in range(26):
            CustomerFactory(environment=environment, name="Grace Hopper")
        page = operator.get("/admin/search/", {"q": "hopper"}).content.decode()
        assert "There are more than these." in page and "/admin/billing/customer/?q=hopper" in page

    def test_it_takes_few_statements(self, ada, environment, operator):
        connection = make_connection(environment.pk, "acme")
        pair = {"entity_type": "customer", "entity_id": ada.pk, "provider_entity_id": "cus_ada"}
        EntityMapping.objects.create(connection=connection, **pair)
        event = {"type": "customer.updated", "object_id": "cus_ada", "payload": {}, "created": ada.created_at}
        for number in range(9):
            InboundEvent.objects.create(connection=connection, provider_event_id=f"evt_{number}", **event)
        with CaptureQueriesContext(
            database,
        ) as captured:
            assert operator.get("/admin/search/", {"q": "cus_ada"}).content.count(b"customer.updated") == 9
        assert len(captured) <= 8


def test_a_list_says_that_it_shows_the_rows_of_some_customers_only(environment, operator, monkeypatch):
    monkeypatch.setattr("billing.admin.by_customer.MOST", 2)
    for _ in range(3):
        InvoiceFactory(
            environment=environment, customer=CustomerFactory(environment=environment, name="Grace")
        )
    page = operator.get("/admin/billing/invoice/", {"q": "grace"})
    assert len(page.context["cl"].result_list) == 2 and b"More than 2 customers match." in page.content
    assert b"customers match" not in operator.get("/admin/billing/invoice/", {"q": "nobody"}).content


def test_a_list_by_customer_looks_once_for_what_an_id_names(ada, environment, operator):
    InvoiceFactory(environment=environment, customer=ada)
    with CaptureQueriesContext(database) as captured:
        assert operator.get("/admin/billing/invoice/", {"q": ada.pk}).context["cl"].result_list
    # Another one counts what invoices need.
    looks = [sql for one in captured if "UNION ALL" in (sql := one["sql"]) and ada.pk in sql]
    assert len(captured) <= 15 and len(looks) == 1, looks


def test_an_archived_connection_still_finds_what_it_told(ada, connection, environment):
    event = {"type": "x", "object_id": "peo_gone", "payload": {}, "created": ada.created_at}
    told = InboundEvent.objects.create(connection=connection, provider_event_id="evt_1", **event)
    Connection.objects.update(status="archived")
    assert found("peo_gone", environment) == [("event", told.pk)]
