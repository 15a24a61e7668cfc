"""Archiving customers in the admin."""

from django.test import Client

from billing.events import Change
from billing.models import Customer
from billing.tests.admin.pages import messages_of, page, press, select
from billing.tests.factories import CustomerFactory


class TestArchivingACustomer:
    def test_announces_it(self, operator: Client, heard: list[Change]) -> None:
        customer = CustomerFactory()
        heard.clear()
        response = press(operator, customer, "archive")
        customer.refresh_from_db()
        assert customer.status == "archived"
        assert "is archived" in messages_of(response)
        assert len(heard) == 1

    def test_works_on_a_selection(self, operator: Client) -> None:
        select(operator, [CustomerFactory(), CustomerFactory()], "archive_selected")
        assert set(Customer.objects.values_list("status", flat=True)) == {"archived"}

    def test_happens_only_when_it_was_confirmed(self, operator: Client) -> None:
        customer = CustomerFactory()
        dialog = operator.get(page(Customer, "archive", customer.pk), headers={"HX-Request": "true"})
        assert b"dialog-form" in dialog.content
        customer.refresh_from_db()
        assert customer.status == "active"

    def test_has_a_dialogue_that_belongs_to_its_page(self, operator: Client) -> None:
        """Its address alone, such as in a new tab, leads to the page."""
        customer = CustomerFactory()
        opened = operator.get(page(Customer, "archive", customer.pk))
        assert (opened.status_code, opened.headers["Location"]) == (
            302,
            page(Customer, "change", customer.pk),
        )

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


class TestRestoringACustomer:
    def test_makes_archived_ones_active_again(self, operator: Client) -> None:
        customers = [CustomerFactory(), CustomerFactory()]
        select(operator, customers, "archive_selected")
        assert (
            page(Customer, "restore", customers[0].pk)
            in operator.get(page(Customer, "change", customers[0].pk)).content.decode()
        )
        assert "is active again" in messages_of(press(operator, customers[0], "restore"))
        select(operator, customers, "restore_selected")
        assert set(Customer.objects.values_list("status", flat=True)) == {"active"}
