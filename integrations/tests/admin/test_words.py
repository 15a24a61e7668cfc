"""No page of the admin shows an operator a name that programs give to a class, a column or a state."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from billing.admin.links import list_url, row_url
from billing.models import Environment
from tests.endpoints.world import make_world

CODE = re.compile(r"(?<![\w./:=-])[a-z]+(?:_[a-z]+)+(?![\w./:=-])")
CLASS = re.compile(r"\b(?:[A-Z][a-z]+){2,}\b")
UNREAD = re.compile(
    r"<(script|style|head|option|code|pre|template)\b.*?</\1>|<span[^>]*material-symbols.*?</span>", re.DOTALL
)
# Our own name, and the provider's ids of the rows.
KNOWN = {"FlexSync", "cus_world", "evt_world"}


def read(client: Client, address: str) -> set[str]:
    """The codes that a person reads there."""
    html = UNREAD.sub(" ", client.get(address, follow=True).content.decode())
    text = re.sub(r"<[^>]*>", " ", html)
    return (set(CODE.findall(text)) | set(CLASS.findall(text))) - KNOWN


def addresses(world: dict[str, str]) -> Iterator[str]:
    """The pages of no model; the list and a row of each model."""
    yield from (reverse("admin:index"), reverse("statistics"), f"{reverse('search')}?q=cust_")
    for name in ("doctor", "health"):
        yield reverse(f"admin:integrations_connection_{name}", args=[world["connections"]])
    for kind in ("customer", "invoice"):
        yield reverse("admin:integrations_note_timeline", args=[kind, world[f"{kind}s"]])
    for model in admin.site._registry:
        if model._meta.app_label in ("billing", "integrations"):
            yield list_url(model)
            if (row := model._default_manager.order_by("pk").first()) is not None:
                yield row_url(row)


@pytest.mark.django_db
def test_no_page_shows_codes(operator: Client) -> None:
    world = make_world(Environment.objects.create(name="Shop"))
    read_at = {address: sorted(read(operator, address)) for address in addresses(world)}
    assert {address: codes for address, codes in read_at.items() if codes} == {}
