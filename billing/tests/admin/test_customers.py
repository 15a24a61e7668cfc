"""Customers in the admin."""

from django.test import Client

from billing.events import Change
from billing.models import Customer, Environment
from billing.tests.admin.pages import fields, page, press, said, select
from billing.tests.factories import CustomerFactory


class TestAddingACustomer:
    def test_announces_it(self, operator: Client, environment: Environment, heard: list[Change]) -> None:
        form = {"environment_id": environment.pk, "name": "Ada", "currency": "USD", "metadata": "{}"}
        response = operator.post(page(Customer, "add"), form)
        customer = Customer.objects.get()
        assert response.status_code == 302
        assert (customer.name, customer.environment) == ("Ada", environment)
        assert [change.id for change in heard] == [customer.pk]

    def test_asks_for_the_environment(self, operator: Client) -> None:
        response = operator.post(page(Customer, "add"), {"name": "Ada"})
        assert "environment_id" in response.context["adminform"].form.errors

    def test_reads_emptied_metadata_as_none(self, operator: Client, environment: Environment) -> None:
        operator.post(page(Customer, "add"), {"environment_id": environment.pk, "metadata": ""})
        assert Customer.objects.get().metadata == {}


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

    def test_refuses_metadata_that_is_no_object(self, operator: Client) -> None:
        where = page(Customer, "change", CustomerFactory().pk)
        response = operator.post(where, fields(operator.get(where)) | {"metadata": "[1]"})
        assert "metadata" in response.context["adminform"].form.errors

    def test_is_not_for_onlookers(self, onlooker: Client) -> None:
        where = page(Customer, "change", CustomerFactory().pk)
        assert onlooker.get(where).status_code == 200
        assert onlooker.post(where, {"name": "Eve"}).status_code == 403


class TestArchivingACustomer:
    def test_announces_it(self, operator: Client, heard: list[Change]) -> None:
        customer = CustomerFactory()
        heard.clear()
        response = press(operator, customer, "archive")
        customer.refresh_from_db()
        assert customer.status == "archived"
        assert "is archived" in said(response)
        assert len(heard) == 1

    def test_works_on_a_selection(self, operator: Client) -> None:
        select(operator, [CustomerFactory(), CustomerFactory()], "archive_selected")
        assert set(Customer.objects.values_list("status", flat=True)) == {"archived"}

    def test_happens_only_when_it_was_confirmed(self, operator: Client) -> None:
        customer = CustomerFactory()
        operator.get(page(Customer, "archive", customer.pk))
        customer.refresh_from_db()
        assert customer.status == "active"

    def test_is_not_for_onlookers(self, onlooker: Client) -> None:
        customer = CustomerFactory()
        assert press(onlooker, customer, "archive").status_code == 403
        select(onlooker, [customer], "archive_selected")
        customer.refresh_from_db()
        assert customer.status == "active"

    def test_is_not_offered_twice(self, operator: Client) -> None:
        customer = CustomerFactory()
        press(operator, customer, "archive")
        shown = operator.get(page(Customer, "change", customer.pk))
        assert page(Customer, "archive", customer.pk) not in shown.content.decode()

    def test_never_deletes(self, operator: Client) -> None:
        customer = CustomerFactory()
        assert operator.post(page(Customer, "delete", customer.pk), {"post": "yes"}).status_code == 403
