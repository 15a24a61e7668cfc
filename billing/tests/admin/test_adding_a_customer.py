"""Adding customers in the admin."""

from django.test import Client

from billing.events import Change
from billing.models import Customer, Environment
from billing.tests.admin.pages import page


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
        form = {"environment_id": environment.pk, "name": "Ada", "metadata": ""}
        operator.post(page(Customer, "add"), form)
        assert Customer.objects.get().metadata == {}
