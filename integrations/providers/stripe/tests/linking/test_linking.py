"""A row is linked to an object that exists at Stripe."""

import pytest

from billing.events import Kind
from integrations.models import EntityMapping, MappingChange
from integrations.providers.stripe.tests import builders
from integrations.testing import make_connection, push

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(stripe_api):
    """A customer whom somebody made at Stripe."""
    return stripe_api.v1.customers.create(
        {"name": "Ada L.", "email": "ada@example.com", "metadata": {"crm": "7"}}
    )


class TestALink:
    def test_is_shown_first_and_changes_nothing(self, link, customer, theirs, simulator):
        before = len(simulator.requests())
        shown = link("customer", customer.pk, theirs.id, "?dry_run=true")
        assert shown.status_code == 200, shown.json()
        fields = {one["field"]: one for one in shown.json()["comparison"]}
        assert fields["name"] == {
            "field": "name",
            "ours": "Ada Lovelace",
            "theirs": "Ada L.",
            "differs": True,
        }
        assert not fields["email"]["differs"]
        assert (fields["metadata.crm"]["ours"], fields["metadata.crm"]["theirs"]) == (None, "7")
        assert fields["address.city"]["theirs"] == ""
        assert not EntityMapping.objects.exists() and not MappingChange.objects.exists()
        assert [call["method"] for call in simulator.requests()[before:]] == ["GET"]

    def test_is_made_with_who_and_why(self, api, link, customer, theirs):
        made = link("customer", customer.pk, theirs.id, reason="Signed up there before.")
        assert made.status_code == 201, made.json()
        assert (made.json()["entity_id"], made.json()["provider_entity_id"]) == (customer.pk, theirs.id)
        [change] = api.get(f"/v1/mapping_changes?entity_id={customer.pk}").json()["items"]
        assert (change["action"], change["done_by"], change["reason"]) == (
            "linked",
            "API key tests",
            "Signed up there before.",
        )
        assert api.get(f"/v1/mapping_changes/{change['id']}").json() == change

    def test_keeps_both_sides_values(self, link, customer, theirs):
        link("customer", customer.pk, theirs.id)
        notes = EntityMapping.objects.get().metadata
        assert (notes["held"]["name"], notes["apart"]["name"]) == ("Ada L.", "Ada Lovelace")
        assert "email" not in notes["apart"]
        assert not any(name.startswith("metadata.flexprice") for name in notes["apart"])

    def test_shows_both_sides_as_they_are_now(self, api, link, customer, theirs, connection):
        connection.customer_outbound_enabled = False
        connection.save()
        link("customer", customer.pk, theirs.id)

        def shown(name):
            api.patch(f"/v1/customers/{customer.pk}", {"name": name}, format="json")
            [mapping] = api.get(f"/v1/mappings?entity_id={customer.pk}").json()["items"]
            return [(one["ours"], one["theirs"]) for one in mapping["differences"] if one["field"] == "name"]

        assert shown("Ada K.") == [("Ada K.", "Ada L.")]
        assert shown("Ada L.") == []


class TestALinkIsRefused:
    def refused(self, response, status, code, text):
        body = response.json()
        assert (response.status_code, body["code"]) == (status, code), body
        assert text in body["message"]
        assert not EntityMapping.objects.exists()
        return body["details"]

    def test_for_a_row_that_is_not_here(self, link, theirs):
        details = self.refused(link("customer", "cust_none", theirs.id), 400, "invalid", "no customer")
        assert list(details) == ["entity_id"]

    def test_for_an_object_that_is_not_there(self, link, customer, connection, simulator):
        details = self.refused(
            link("customer", customer.pk, "cus_none"), 400, "invalid", "has no customer cus_none"
        )
        assert list(details) == ["provider_entity_id"]

    def test_for_an_object_that_was_deleted(self, link, customer, theirs, stripe_api):
        stripe_api.v1.customers.delete(theirs.id)
        self.refused(link("customer", customer.pk, theirs.id), 409, "mapping_refused", "was deleted")

    def test_for_an_object_of_another_environment(self, link, customer, stripe_api):
        other = stripe_api.v1.customers.create({"metadata": {"flexprice_environment": "env_other"}})
        self.refused(link("customer", customer.pk, other.id), 409, "mapping_refused", "another environment")

    def test_while_the_connection_is_paused(self, link, customer, theirs, connection):
        connection.status = "paused"
        connection.save()
        self.refused(link("customer", customer.pk, theirs.id), 409, "connection_stopped", "paused")

    def test_for_a_kind_that_is_not_linked_by_hand(self, link, connection):
        self.refused(link("credit_note", "cn_1", "cn_2"), 409, "not_supported", "credit notes")

    def test_where_several_connections_fit(self, link, customer, theirs, environment):
        make_connection(environment.pk, "stripe", name="Other")
        self.refused(link("customer", customer.pk, theirs.id), 409, "several_connections", "Choose one")

    @pytest.mark.parametrize("wrong", [{"entity_type": "moon"}, {"colour": "red"}, {"entity_id": ""}])
    def test_for_wrong_fields(self, link, customer, theirs, wrong):
        response = link("customer", customer.pk, theirs.id, **wrong)
        self.refused(response, 400, "invalid", next(iter(wrong)))


class TestAConflict:
    def test_names_both_and_says_what_to_do(self, link, customer, theirs, connection, environment):
        push(connection, Kind.CUSTOMER, customer.pk)
        linked = EntityMapping.objects.get()
        refused = link("customer", customer.pk, theirs.id)
        body = refused.json()
        assert (refused.status_code, body["code"]) == (409, "mapping_conflict")
        assert body["details"] == {linked.pk: f"{customer.pk} = {linked.provider_entity_id}"}
        assert "/v1/mappings/{id}/relink" in body["message"] and "DELETE /v1/mappings/{id}" in body["message"]
        other = builders.customer(environment, name="Bob")
        assert link("customer", other.pk, linked.provider_entity_id).json()["code"] == "mapping_conflict"
        assert [str(one) for one in EntityMapping.objects.all()] == [str(linked)]
