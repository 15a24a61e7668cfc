"""What API and admin say to one value of one field: nothing where they take it."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.messages.storage.base import BaseStorage
from django.db.models import Model
from django.test import RequestFactory
from rest_framework.test import APIClient

from billing.models import Invoice
from billing.tests.admin.pages import page


class _Silent(BaseStorage):
    def _get(self, *args: Any, **kwargs: Any) -> Any:
        return [], True

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return []


def of_api(api: APIClient, where: str, body: dict[str, Any], *, method: str) -> dict[str, str]:
    """What the API says of each field of the body, whichever part of it is wrong."""
    response = getattr(api, method)(where, body)
    if response.status_code < 300:
        return {}
    return {name.partition("[")[0]: text for name, text in response.json()["details"].items()}


def of_admin(model: type[Model], user: User, values: dict[str, Any], row: Any = None) -> dict[str, str]:
    """What the admin's form says of each field; JSON is typed as text. The page is not drawn."""
    typed = {
        name: value if isinstance(value, str) else json.dumps(value, default=str)
        for name, value in values.items()
        if value is not None
    }
    request = RequestFactory().post(page(model, "add"), typed | _without_parts(model, row))
    request.user = user
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    request._messages = _Silent(request)  # type: ignore[attr-defined]
    response: Any = admin.site._registry[model].changeform_view(request, row and row.pk)
    if response.status_code == 302:
        return {}
    errors = response.context_data["adminform"].form.errors
    assert errors
    return {name: " ".join(texts) for name, texts in errors.items()}


def _without_parts(model: type[Model], row: Any) -> dict[str, str]:
    """What the form sends of the rows that it shows below, when there are none; of a new invoice one line."""
    if model is Invoice and not row:
        line = {"description": "Seats", "quantity": "1", "unit_amount": "1", "discount": "0"}
        sent = {f"lines-0-{name}": value for name, value in line.items()}
        return {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", **sent}
    inlines = admin.site._registry[model].inlines if row else []
    names = [one.model._meta.get_field(model._meta.model_name).remote_field.related_name for one in inlines]
    return {f"{name}-{part}_FORMS": "0" for name in names for part in ("TOTAL", "INITIAL")}
