"""What people read where something is wrong: plain words, also where there is no database to ask."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.test import Client, RequestFactory, override_settings

from billing.api import error_pages
from billing.tests.admin.conftest import logged_in, operator
from flexsync.unavailable_page import UnavailablePage

__all__ = ["operator"]


def read(response, status):
    assert response.status_code == status
    page = response.content.decode()
    assert "/static/flexsync/plain.css" in page and "FlexSync" in page
    return page


def test_an_address_without_a_page_leads_to_the_search(operator):
    assert '<a href="/admin/search/">Search for it</a>' in read(
        operator.get("/admin/billing/nothing/x/"), 404
    )
    assert "There is nothing here" in read(Client().get("/nothing"), 404)


@pytest.mark.django_db
def test_what_a_user_may_not_do_is_said():
    clerk = logged_in(User.objects.create_user("clerk", is_staff=True))
    assert "Ask an administrator" in read(clerk.get("/admin/billing/customer/"), 403)


@pytest.mark.django_db
def test_a_form_that_was_open_for_too_long_is_said():
    browser = Client(enforce_csrf_checks=True)
    assert "Go back, reload the page" in read(browser.post("/admin/login/", {"username": "x"}), 403)


def test_a_mistake_is_named_by_its_request_without_the_database():
    request = RequestFactory().get("/admin/", headers={"X-Request-ID": "req_7"})
    assert "req_7" in read(error_pages.server_error(request), 500)
    with override_settings(ROOT_URLCONF="flexsync.webhook_urls"):
        assert "Overview" not in read(error_pages.server_error(request), 500)


@pytest.mark.django_db
def test_a_rule_of_the_database_is_named_in_words():
    request = RequestFactory().post("/admin/", headers={"X-Request-ID": "req_8"})
    sql = "INSERT INTO billing_environment (id, name, kind, created_at) VALUES ('env_1', NULL, '', now())"
    with pytest.raises(IntegrityError) as broken, connection.cursor() as cursor:
        cursor.execute(sql)
    page = read(UnavailablePage(lambda _: None).process_exception(request, broken.value), 409)
    assert "Nothing was saved" in page and "req_8" in page
    assert (
        UnavailablePage(lambda _: None).process_exception(RequestFactory().get("/v1/x"), broken.value) is None
    )
