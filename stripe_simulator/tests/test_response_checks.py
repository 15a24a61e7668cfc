"""Checks of responses name the place of what the SDK's types do not allow."""

import json

import pytest

from stripe_simulator.contract.response_values import ContractError
from stripe_simulator.contract.responses import resource_check

from . import factories


@pytest.fixture
def shown(client):
    invoice = factories.draft(client, 1000)
    return json.loads(client.v1.invoices.retrieve(invoice.id).last_response.body)


class TestAnInvoice:
    def test_of_the_right_types_passes(self, shown):
        resource_check("invoice")(shown)

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (lambda shown: shown.update(status="lost"), r"^\.status should be one of "),
            (lambda shown: shown.update(colour="red"), r"^\.colour is unknown to the SDK's Invoice$"),
            (lambda shown: shown.pop("currency"), r"^ lacks \['currency'\] of the SDK's Invoice$"),
            (lambda shown: shown["metadata"].update(a=1), r"^\.metadata\.a should be text, is 1$"),
            (
                lambda shown: shown["lines"]["data"][0].update(amount=None),
                r"^\.lines\.data\[0\]\.amount should be an integer, is None$",
            ),
        ],
        ids=["choice", "unknown", "missing", "metadata", "line"],
    )
    def test_is_refused_with_the_path_of_the_problem(self, shown, change, problem):
        change(shown)
        with pytest.raises(ContractError, match=problem):
            resource_check("invoice")(shown)
