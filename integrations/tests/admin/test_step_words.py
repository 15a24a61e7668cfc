"""The names of steps, choices and keys, as people read them."""

import pytest
from django.test import Client

from billing.models import Invoice
from billing.tests.admin.pages import page
from billing.texts import of_api_key
from integrations.admin.step_words import in_words
from integrations.models import OutboundCall, OutboundSync


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("create", "Create"),
        ("update-c30b974f", "Send what changed"),
        ("update-left-out", "What is not sent"),
        ("attach-pay_01M8QKSM8JY7N1B6AREPTD9409", "Attach the payment"),
        ("lines-2", "Add lines"),
        ("attach_payment", "Attach payment"),
    ],
)
def test_a_step_is_read_as_what_it_does(step: str, words: str) -> None:
    assert in_words(step) == words


def test_the_pages_of_a_sync_have_the_words(operator: Client, sync: OutboundSync) -> None:
    OutboundSync.objects.update(step="update-c30b974f")
    OutboundCall.objects.create(sync=sync, step="lines-2", state="done", started_at=sync.created_at)
    assert "Send what changed" in operator.get(page(OutboundSync, "changelist")).content.decode()
    html = operator.get(page(OutboundSync, "change", sync.pk)).content.decode()
    assert "Send what changed" in html and "Add lines" in html


def test_choices_are_written_as_in_a_sentence() -> None:
    labels = dict(Invoice._meta.get_field("collection_method").choices or ())
    assert labels["charge_automatically"] == "Charge automatically"


def test_a_key_is_called_a_key_once() -> None:
    assert (of_api_key("Shop"), of_api_key("API key 2")) == ("API key Shop", "API key 2")
