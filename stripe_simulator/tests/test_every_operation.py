"""The official SDK drives every operation, and the simulator carries each of them out."""

from stripe_simulator import resources
from stripe_simulator.operations import OPERATIONS

from .tour import SCENARIOS

resources.load()


def test_every_operation_is_carried_out_for_the_sdk(client, server):
    for scenario in SCENARIOS:
        scenario(client, server)
    carried_out = {one["operation"] for one in server.requests() if one["status"] == 200}
    assert sorted(OPERATIONS.keys() - carried_out) == []
    assert {one["status"] for one in server.requests()} == {200}
