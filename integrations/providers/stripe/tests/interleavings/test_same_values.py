"""Both sides change a field to the same value; its event comes after FlexSync's call has begun."""

import pytest

from integrations.models import Conflict
from integrations.providers.stripe.tests.gateways import wrapped_gateways
from integrations.providers.stripe.tests.two_writers.histories.interruptions import WatchedGateway

pytestmark = pytest.mark.django_db


class Before:
    """Acts once, before Stripe has the next update."""

    def __init__(self, act):
        self._acts = [act]

    def begins(self, operation, _target, _params, _key):
        if operation.endswith("update") and self._acts:
            self._acts.pop()()

    def ends(self, *_of):
        pass


@pytest.fixture
def push_while(both):
    """Pushes, and acts before Stripe has the call; then everything settles."""

    def push_while(act):
        with wrapped_gateways(lambda gateway, _credentials: WatchedGateway(gateway, Before(act))):
            both.push()
        both.settle()

    return push_while


def test_a_key_of_metadata_that_both_have_removed_is_gone(both, push_while):
    both.owned_by("provider")
    both.edit_there(metadata={"size": "large"})
    both.hear()
    both.edit_here(metadata={})
    both.edit_there(metadata={"size": ""})
    push_while(both.hear)
    assert both.here("metadata") == [{}]
    assert "size" not in both.there("metadata")[0]
    assert not Conflict.objects.exists()
