"""Probes broken connections: one cheap call by one worker, in growing pauses."""

from datetime import datetime

from integrations.errors import Rejected, SyncError
from integrations.gateway import circuit_breaker
from integrations.gateway.guarded import GuardedGateway
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import Priority
from integrations.provider_api import Account


def due(now: datetime) -> list[str]:
    """The broken connections whose next probe is due."""
    broken = Connection.objects.filter(status=ConnectionStatus.BROKEN, next_probe_at__lte=now)
    return list(broken.values_list("pk", flat=True))


def probe(connection_id: str, now: datetime) -> None:
    """Asks the provider for the account, unless another worker does; if it answers, the work continues."""
    connection = circuit_breaker.claim_probe(connection_id, now)
    if connection is None:
        return
    try:
        check_same(connection, GuardedGateway(connection, Priority.WEBHOOK).account())
    except SyncError as failure:
        # A key that may not read its account still works.
        if not isinstance(failure, Rejected) or failure.connection_is_broken:
            circuit_breaker.record_failed_probe(connection, str(failure))
            return
    circuit_breaker.recover(connection_id)


def check_same(connection: Connection, account: Account) -> None:
    """Raises Rejected for the key of another account or mode: mappings of one mean nothing in another."""
    if connection.account_id and account.id != connection.account_id:
        raise Rejected(
            f"The key is of account {account.id}, but this connection is of {connection.account_id}. "
            "Store a key of that account, or create a new connection for the other account.",
            connection_is_broken=True,
        )
    if account.livemode != connection.livemode:
        modes = ("test", "live")
        raise Rejected(
            f"The account is in {modes[account.livemode]} mode, but this connection is in {modes[connection.livemode]} mode. "
            "Store a key of the connection's mode, or create a new connection for the other mode.",
            connection_is_broken=True,
        )
