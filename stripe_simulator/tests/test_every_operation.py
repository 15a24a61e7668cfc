"""The official SDK drives every operation, and the simulator carries each of them out."""

from stripe_simulator import resources
from stripe_simulator.operations import OPERATIONS

from .scenarios import SCENARIOS

resources.load()


def test_every_operation_is_carried_out_for_the_sdk(client, server):
    for scenario in SCENARIOS:
        scenario(client, server)
    carried_out = {request["operation"] for request in server.requests() if request["status"] == 200}
    assert sorted(OPERATIONS.keys() - carried_out) == []
    assert {request["status"] for request in server.requests()} == {200}
