"""A person whose change meets a row that is locked gets a page that says so."""

import threading

import pytest
from django.db import connection, transaction
from django.urls import reverse

from billing.models import Customer
from billing.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_says_to_try_again(admin_client) -> None:
    customer = CustomerFactory(name="Ada")
    page = reverse("admin:billing_customer_change", args=[customer.pk])
    form = admin_client.get(page).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None} | {"name": "Ada II"}
    has, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
            has.set()
            may_end.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert has.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 100")
    try:
        response = admin_client.post(page, values)
    finally:
        may_end.set()
        holder.join(10)
        connection.close()
    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert "Another request or a worker is changing the same thing" in response.content.decode()
    assert Customer.objects.get().name == "Ada"
