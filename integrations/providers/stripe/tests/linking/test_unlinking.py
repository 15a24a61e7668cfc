"""A pair is ended or changed by a person, and only a person makes it again."""

import pytest

from billing.events import Kind
from billing.models import Customer
from integrations.models import EntityMapping, InboundEvent, MappingChange
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(connection, customer, stripe_api):
    """The mapping of a customer who was pushed."""
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
    return EntityMapping.objects.get()


@pytest.fixture
def theirs(stripe_api):
    return stripe_api.v1.customers.create({"name": "Ada, the right one"})


class TestAnUnlink:
    def test_is_shown_first(self, api, linked):
        shown = api.delete(f"/v1/mappings/{linked.pk}?dry_run=true")
        assert (shown.status_code, shown.json()["provider_entity_id"]) == (200, linked.provider_entity_id)
        assert api.get(f"/v1/mappings/{linked.pk}").status_code == 200

    def test_ends_the_pair_with_who_and_why(self, api, linked, customer):
        ended = api.delete(f"/v1/mappings/{linked.pk}?reason=Not+ours.")
        assert ended.status_code == 204
        assert api.get(f"/v1/mappings/{linked.pk}").status_code == 404
        assert api.get("/v1/mappings").json()["items"] == []
        change = MappingChange.objects.get()
        assert (change.action, change.done_by, change.reason) == ("unlinked", "API key tests", "Not ours.")
        assert (change.entity_id, change.mapping_id) == (customer.pk, linked.pk)

    def test_lets_the_next_push_make_another_one(self, api, linked, connection, customer, stripe_api):
        api.delete(f"/v1/mappings/{linked.pk}?reason=Wrong")
        assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
        assert len(stripe_api.v1.customers.list().data) == 2
        again = EntityMapping.objects.get(entity_id=customer.pk)
        assert again.provider_entity_id != linked.provider_entity_id

    def test_is_undone_by_a_person(self, api, link, linked, customer):
        api.delete(f"/v1/mappings/{linked.pk}?reason=Wrong")
        assert link("customer", customer.pk, linked.provider_entity_id).status_code == 201
        assert str(EntityMapping.objects.get()) == f"{customer.pk} = {linked.provider_entity_id}"


class TestARelink:
    def test_is_shown_first(self, api, linked, theirs):
        address = f"/v1/mappings/{linked.pk}/relink?dry_run=true"
        shown = api.post(address, {"provider_entity_id": theirs.id}, format="json").json()
        [name] = [one for one in shown["comparison"] if one["field"] == "name"]
        assert (name["ours"], name["theirs"]) == ("Ada Lovelace", "Ada, the right one")
        assert str(EntityMapping.objects.get()) == str(linked)

    def test_gives_the_row_another_object(self, api, linked, theirs, customer):
        address = f"/v1/mappings/{linked.pk}/relink"
        moved = api.post(address, {"provider_entity_id": theirs.id, "reason": "A twin."}, format="json")
        assert moved.status_code == 200, moved.json()
        assert (moved.json()["id"], moved.json()["provider_entity_id"]) == (linked.pk, theirs.id)
        assert moved.json()["metadata"]["held"]["name"] == "Ada, the right one"
        change = MappingChange.objects.get()
        assert (change.action, change.before_provider_entity_id) == ("relinked", linked.provider_entity_id)

    def test_gives_the_object_another_row(self, api, linked, environment):
        bob = builders.customer(environment, name="Bob")
        moved = api.post(
            f"/v1/mappings/{linked.pk}/relink", {"entity_id": bob.pk, "reason": "Bob's."}, format="json"
        ).json()
        assert (moved["entity_id"], moved["provider_entity_id"]) == (bob.pk, linked.provider_entity_id)
        assert MappingChange.objects.get().before_entity_id == linked.entity_id

    def test_is_refused_for_what_is_linked(self, api, linked, connection, environment):
        bob = builders.customer(environment, name="Bob")
        push(connection, Kind.CUSTOMER, bob.pk)
        refused = api.post(
            f"/v1/mappings/{linked.pk}/relink", {"entity_id": bob.pk, "reason": "Bob's."}, format="json"
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "mapping_conflict")

    @pytest.mark.parametrize("body", [{}, {"entity_id": "a", "provider_entity_id": "b"}])
    def test_takes_one_of_the_two(self, api, linked, body):
        refused = api.post(f"/v1/mappings/{linked.pk}/relink", body, format="json")
        assert refused.status_code == 400


class TestAnUnlinkedObject:
    def test_is_not_linked_by_its_events(self, api, linked, pipelines, stripe_api, customer):
        api.delete(f"/v1/mappings/{linked.pk}?reason=Wrong")
        stripe_api.v1.customers.update(linked.provider_entity_id, {"name": "Ada at Stripe"})
        pipelines.settle()
        assert not EntityMapping.objects.exclude(entity_id="").exists()
        customer.refresh_from_db()
        assert (customer.name, Customer.objects.count()) == ("Ada Lovelace", 1)
        event = InboundEvent.objects.get(type="customer.updated")
        assert event.state == "ignored"
        assert f"was unlinked from {customer.pk} by API key tests" in event.reason
        assert "POST /v1/mappings" in event.reason
