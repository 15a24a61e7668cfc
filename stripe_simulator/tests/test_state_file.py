"""State saved between runs."""

from stripe_simulator.simulator import Settings, Simulator
from stripe_simulator.state_file import StateFile
from stripe_simulator.testing import SimulatorServer

from . import factories
from .conftest import client_of


class TestAStateFile:
    def test_brings_everything_back(self, tmp_path):
        file = tmp_path / "state.json"
        with SimulatorServer(state_file=file) as server:
            client = client_of(server, "sk_test_kept")
            invoice = factories.draft(client, 1000, 200)
            owner = factories.customer_with_card(client)
            items = [{"price": factories.price(client).id}]
            subscription = client.v1.subscriptions.create({"customer": owner.id, "items": items})
            server.revoke_key("sk_test_kept_old")
        with SimulatorServer(state_file=file) as server:
            client = client_of(server, "sk_test_kept")
            assert client.v1.invoices.finalize_invoice(invoice.id).total == 1200
            server.advance_clock(32 * 86400)
            assert len(client.v1.invoices.list({"customer": owner.id}).data) == 2
            assert client.v1.subscriptions.retrieve(subscription.id).status == "active"
            assert "invoice.finalized" in factories.event_types(client)

    def test_is_not_needed(self, tmp_path):
        with SimulatorServer(state_file=tmp_path / "none.json") as server:
            assert client_of(server, "sk_test_new").v1.customers.list().data == []

    def test_is_written_after_what_changes_something_and_no_list(self, tmp_path):
        file = tmp_path / "state.json"
        with SimulatorServer(state_file=file) as server:
            client = client_of(server, "sk_test_kept")
            client.v1.customers.create({"name": "Ada"})
        before = file.stat().st_ino
        with SimulatorServer(state_file=file) as server:
            client = client_of(server, "sk_test_kept")
            assert len(client.v1.customers.list().data) == 1
        assert file.stat().st_ino == before
        with SimulatorServer(state_file=file) as server:
            ada = client_of(server, "sk_test_kept").v1.customers.list().data[0]
            client_of(server, "sk_test_kept").v1.customers.update(ada.id, {"name": "Ada L."})
        with SimulatorServer(state_file=file) as server:
            assert client_of(server, "sk_test_kept").v1.customers.list().data[0].name == "Ada L."

    def test_is_left_alone_for_long_after_a_save_that_took_long(self, tmp_path):
        path = tmp_path / "state.json"
        simulator = Simulator(Settings(state_file=path))
        account = simulator.account_with_label("large")
        account.objects |= {f"cus_{number}": {"id": f"cus_{number}"} for number in range(50_000)}
        file = StateFile(simulator)
        simulator.writes += 1
        file.keep_now_and_then()
        first = path.stat().st_ino
        simulator.writes += 1
        file.keep_now_and_then()
        assert path.stat().st_ino == first
        file.keep()
        assert path.stat().st_ino != first
