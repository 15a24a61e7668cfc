"""The default payment method, chosen on both sides before either has heard of the other's choice."""

import pytest

from integrations.models import Conflict
from integrations.payments import payment_methods

pytestmark = pytest.mark.django_db


@pytest.fixture
def methods(both, stripe_api):
    """Three that are saved, of which both sides have the first as the default."""
    found = [
        stripe_api.v1.payment_methods.attach(f"pm_card_{brand}", {"customer": both.stripe_id}).id
        for brand in ("visa", "mastercard", "amex")
    ]
    choose_there(both, found[0])
    both.hear()
    assert here(both) == there(both) == found[0]
    return found


def choose_here(both, method, key=""):
    payment_methods.choose_default(both.connection, both.customer.pk, method, key=key)


def choose_there(both, method):
    both.edit_there(invoice_settings={"default_payment_method": method})


def here(both):
    [found] = both.here("default_payment_methods")
    return found[both.connection.pk]["method"]


def there(both):
    [found] = both.there("invoice_settings")
    return found["default_payment_method"]


def conflicts():
    return [
        (one.ours, one.theirs, one.winner) for one in Conflict.objects.filter(field="default_payment_method")
    ]


def own_first(events):
    return sorted(
        events, key=lambda one: not (one["request"]["idempotency_key"] or "").startswith("flexsync-")
    )


@pytest.mark.parametrize("order", [reversed, list, own_first])
@pytest.mark.parametrize("chosen", [0, 2])
def test_flexsync_s_stays_and_the_other_is_written_down(both, methods, chosen, order):
    both.owned_by("flexsync")
    choose_there(both, methods[1])
    choose_here(both, methods[chosen], key="once")
    choose_here(both, methods[chosen], key="once")
    both.hear(order)
    both.settle()
    assert here(both) == there(both) == methods[chosen]
    assert conflicts() == [(methods[chosen], methods[1], "flexsync")]


@pytest.mark.parametrize("order", [reversed, list, own_first])
@pytest.mark.parametrize("chosen", [0, 2])
def test_stripe_s_returns_where_it_is_the_owner(both, methods, chosen, order):
    both.owned_by("provider")
    choose_there(both, methods[1])
    choose_here(both, methods[chosen])
    both.hear(order)
    both.settle()
    assert here(both) == there(both) == methods[1]
    assert conflicts() == [(methods[chosen], methods[1], "provider")]


def test_one_that_was_known_here_is_no_conflict(both, methods):
    choose_there(both, methods[1])
    both.hear()
    choose_here(both, methods[2])
    both.hear()
    both.settle()
    assert here(both) == there(both) == methods[2]
    assert conflicts() == []
