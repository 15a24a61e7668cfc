"""Sessions of the billing portal."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe


@pytest.fixture
def owner(client):
    return factories.customer_with_card(client)


class TestASession:
    def test_shows_its_flow(self, client):
        subscription = subscribe(client)
        flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}}
        session = client.v1.billing_portal.sessions.create(
            {"customer": subscription.customer, "flow_data": flow}
        )
        assert session.flow.subscription_cancel.subscription == subscription.id

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"return_url": "nowhere"}, "return_url"),
            ({"configuration": "bpc_x"}, "configuration"),
            ({"flow_data": {"type": "subscription_cancel"}}, "flow_data[subscription_cancel]"),
        ],
    )
    def test_refuses_what_it_cannot_open(self, client, owner, params, param):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.billing_portal.sessions.create({"customer": owner.id, **params})
        assert caught.value.param == param
