"""Customers in the admin link to their counterparts."""

from django.test import Client

from billing.models import Customer
from billing.tests.admin.pages import fields, page
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.tests.factories import CustomerFactory


class TestACustomer:
    def test_edited_in_admin_stages_a_sync(self, operator: Client, sync: OutboundSync) -> None:
        where = page(Customer, "change", sync.entity_id)
        operator.post(where, fields(operator.get(where)) | {"email": "new@example.com"})
        staged = OutboundSync.objects.get(state="pending")
        assert (staged.entity_id, staged.connection_id) == (sync.entity_id, sync.connection_id)

    def test_shows_the_state_of_its_sync(self, operator: Client, sync: OutboundSync) -> None:
        html = operator.get(page(Customer, "change", sync.entity_id)).content.decode()
        assert page(OutboundSync, "change", sync.pk) in html
        assert EntityMapping.objects.get().provider_entity_id in html
        assert "Sync to Acme now" in html

    def test_is_synced_on_request(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        target = {"connection": connection.pk, "kind": "customer", "entity": customer.pk}
        operator.post(page(OutboundSync, "stage"), target)
        staged = OutboundSync.objects.get()
        assert (staged.entity_id, staged.started_by, staged.state) == (customer.pk, "operator", "pending")

    def test_of_another_environment_is_not_synced(self, operator: Client, connection: Connection) -> None:
        target = {"connection": connection.pk, "kind": "customer", "entity": CustomerFactory().pk}
        assert operator.post(page(OutboundSync, "stage"), target).status_code == 404
        assert operator.post(page(OutboundSync, "stage"), target | {"kind": "ghost"}).status_code == 404

    def test_is_not_synced_by_onlookers(self, onlooker: Client, sync: OutboundSync) -> None:
        target = {"connection": sync.connection_id, "kind": "customer", "entity": sync.entity_id}
        assert onlooker.post(page(OutboundSync, "stage"), target).status_code == 403
        html = onlooker.get(page(Customer, "change", sync.entity_id)).content.decode()
        assert "Sync to Acme now" not in html

    def test_is_not_synced_by_following_a_link(self, operator: Client, db: None) -> None:
        assert operator.get(page(OutboundSync, "stage")).status_code == 405
