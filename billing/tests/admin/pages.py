"""Finds the admin's pages and presses their buttons."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def page(model: type[Model], name: str, *args: str) -> str:
    """Where the page ``name`` (changelist, add, change or an action) of ``model`` is."""
    return reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=[quote(part) for part in args]
    )


def press(client: Client, row: Model, button: str) -> HttpResponse:
    """Presses a button of the row's page and confirms it."""
    return client.post(page(type(row), button, row.pk), {"_form_submitted": "True"})


def select(client: Client, rows: list[Model], action: str, **posted: str) -> HttpResponse:
    """Chooses rows of a list and runs an action on them."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **posted}
    return client.post(page(type(rows[0]), "changelist"), chosen)


def messages_of(response: HttpResponse) -> str:
    """The messages that the next page will show."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def fields(response: HttpResponse) -> dict[str, Any]:
    """What the form of a page sends when it is not changed."""
    inlines = [inline.formset.management_form for inline in response.context["inline_admin_formsets"]]
    values = {
        form.add_prefix(name): form[name].value()
        for form in (response.context["adminform"].form, *inlines)
        for name in form.fields
    }
    return {name: value for name, value in values.items() if value is not None}


def registered() -> list[tuple[type[Model], Any]]:
    """Every model with pages, by its name."""
    return sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)
