"""Editing customers in the admin."""

from django.test import Client

from billing.events import Change
from billing.models import Customer, Environment
from billing.services.customers import customers
from billing.tests.admin.pages import fields, page
from billing.tests.factories import CustomerFactory


class TestEditingACustomer:
    def test_announces_the_change(self, operator: Client, heard: list[Change]) -> None:
        customer = CustomerFactory(name="Ada")
        heard.clear()
        where = page(Customer, "change", customer.pk)
        response = operator.post(where, fields(operator.get(where)) | {"email": "ada@example.com"})
        customer.refresh_from_db()
        assert response.status_code == 302
        assert customer.email == "ada@example.com"
        assert [change.id for change in heard] == [customer.pk]

    def test_announces_nothing_when_nothing_changed(self, operator: Client, heard: list[Change]) -> None:
        customer = CustomerFactory(metadata={"tier": "gold"})
        heard.clear()
        where = page(Customer, "change", customer.pk)
        assert operator.post(where, fields(operator.get(where))).status_code == 302
        assert heard == []

    def test_shows_a_refusal_at_its_field(self, operator: Client) -> None:
        customer = CustomerFactory()
        where = page(Customer, "change", customer.pk)
        response = operator.post(where, fields(operator.get(where)) | {"currency": "XXQ"})
        customer.refresh_from_db()
        assert "currency" in response.context["adminform"].form.errors
        assert "XXQ" in response.content.decode()
        assert customer.currency == ""

    def test_shows_that_a_name_is_taken(self, operator: Client, environment: Environment) -> None:
        CustomerFactory(environment=environment, external_id="shop-1")
        customer = CustomerFactory(environment=environment)
        where = page(Customer, "change", customer.pk)
        response = operator.post(where, fields(operator.get(where)) | {"external_id": "shop-1"})
        assert "external_id" in response.context["adminform"].form.errors

    def test_overwrites_nothing_that_the_page_has_not_shown(self, operator: Client) -> None:
        customer = CustomerFactory(name="Ada", email="")
        where = page(Customer, "change", customer.pk)
        shown = operator.get(where)
        assert f'name="seen_version" value="{customer.version}"' in shown.content.decode()
        sent = fields(shown) | {"email": "ada@example.com", "seen_version": customer.version}
        customers.update(
            environment_id=customer.environment_id, customer_id=customer.pk, changes={"name": "Grace"}
        )
        response = operator.post(where, sent)
        customer.refresh_from_db()
        assert "This has changed since you opened the page" in response.content.decode()
        assert (customer.name, customer.email) == ("Grace", "")

    def test_refuses_metadata_that_is_no_object(self, operator: Client) -> None:
        where = page(Customer, "change", CustomerFactory().pk)
        response = operator.post(where, fields(operator.get(where)) | {"metadata": "[1]"})
        assert "metadata" in response.context["adminform"].form.errors

    def test_is_not_for_onlookers(self, onlooker: Client) -> None:
        where = page(Customer, "change", CustomerFactory().pk)
        assert onlooker.get(where).status_code == 200
        assert onlooker.post(where, {"name": "Eve"}).status_code == 403
