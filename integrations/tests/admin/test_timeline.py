"""Timelines in the admin: under each row's page, and whole with notes."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import AuditEntry, Invoice
from billing.services.customers import customers
from billing.tests.admin.pages import page
from billing.tests.factories import CustomerFactory, PaymentFactory, PriceFactory, SubscriptionFactory
from integrations.models import Note


def address(row, name="timeline"):
    return reverse(f"admin:integrations_note_{name}", args=[row._meta.model_name, row.pk])


@pytest.fixture
def payment(connection):
    return PaymentFactory(environment=connection.environment)


class TestATimeline:
    def test_is_under_each_rows_page_and_is_its_history(self, admin_client, payment):
        subscription = SubscriptionFactory(environment=payment.environment)
        for row in (payment, payment.invoice, payment.customer, subscription):
            shown = admin_client.get(page(type(row), "change", row.pk)).content.decode()
            assert f'hx-get="{address(row, "latest")}"' in shown
            history = admin_client.get(page(type(row), "history", row.pk))
            assert (history.status_code, history.headers["Location"]) == (302, address(row))
            assert "was made" in admin_client.get(address(row)).content.decode()

    def test_is_the_history_of_other_rows_too(self, admin_client, payment):
        price = PriceFactory(environment=payment.environment)
        history = admin_client.get(page(type(price), "history", price.pk), follow=True)
        assert "Price was made" in history.content.decode()

    def test_costs_few_statements(self, admin_client, payment):
        customer = payment.customer
        for name in ("latest", "timeline"):
            with CaptureQueriesContext(database) as sent:
                assert admin_client.get(address(customer, name)).status_code == 200
            assert len(sent) <= 15, "\n".join(one["sql"][:150] for one in sent)

    def test_is_filtered_and_paged(self, admin_client, payment):
        customer = payment.customer
        for number in range(60):
            customers.update(
                environment_id=customer.environment_id,
                customer_id=customer.pk,
                changes={"name": f"Ada {number:02}"},
            )
        first = admin_client.get(address(customer)).content.decode()
        assert "to Ada 59" in first
        assert "to Ada 05" not in first
        older = next(part.split('"')[0] for part in first.split('href="') if "before=" in part)
        assert "to Ada 05" in admin_client.get(older.replace("&amp;", "&")).content.decode()
        payments = admin_client.get(address(customer), {"kind": "payment"}).content.decode()
        assert "Payment of" in payments
        assert "to Ada" not in payments
        assert admin_client.get(address(customer), {"before": "nonsense"}).status_code == 404

    def test_is_never_empty(self, admin_client, payment):
        AuditEntry.objects.all().delete()
        shown = admin_client.get(address(payment)).content.decode()
        assert "Payment of 100.00 USD was made, before changes were noted" in shown

    def test_of_no_row_is_not_there(self, admin_client, connection):
        missing = Invoice(pk="inv_of_nobody")
        assert admin_client.get(address(missing)).status_code == 404
        assert admin_client.get(address(missing).replace("invoice", "gossip")).status_code == 404

    def test_is_for_those_who_may_see_the_row(self, connection, payment):
        user, client = User.objects.create_user("eve", is_staff=True), Client()
        client.force_login(user)
        assert client.get(address(payment)).status_code == 403
        user.user_permissions.add(Permission.objects.get(codename="view_payment"))
        assert client.get(address(payment)).status_code == 200
        assert client.post(address(payment), {"text": "Hm"}).status_code == 403


class TestANote:
    def test_is_told_with_who_wrote_it(self, admin_client, payment):
        admin_client.post(address(payment.invoice), {"text": "They called: <b>paid twice</b>"})
        shown = admin_client.get(address(payment.customer)).content.decode()
        assert "They called: &lt;b&gt;paid twice&lt;/b&gt;" in shown
        assert Note.objects.get().written_by == "admin"

    def test_has_text(self, admin_client, payment):
        for text in (" ", "x" * 2001, "NUL \0"):
            shown = admin_client.post(address(payment), {"text": text}).content.decode()
            assert "Write 1 to 2000 characters." in shown
        assert not Note.objects.exists()


def test_a_customer_has_a_story_of_its_own(admin_client, connection):
    environment = connection.environment
    one, _other = (CustomerFactory(environment=environment, name=name) for name in ("Ada", "Grace"))
    shown = admin_client.get(address(one)).content.decode()
    assert "name: Ada" in shown
    assert "name: Grace" not in shown
