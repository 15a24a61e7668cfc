"""Checks of the credentials: readable, accepted, of the right mode and account; and of the clock."""

from collections.abc import Iterator

from integrations.connections import health
from integrations.errors import Rejected, SyncError
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import Account
from integrations.reconcile.doctor.examination import Examination, is_permission
from integrations.reconcile.doctor.findings import Finding, error, ok, unknown, warning

# Seconds by which the two clocks may differ: a webhook's signature is refused at the latter.
NOTICED, REFUSED = 60, 300
MODES = ("test", "live")


def credentials(exam: Examination) -> Iterator[Finding]:
    """Whether the provider accepts them."""
    if exam.credentials is None:
        yield error(
            "key",
            "credentials_unreadable",
            "None of CREDENTIAL_KEYS decrypts the stored credentials.",
            "Put the key back that they were encrypted with, or store the credentials again.",
        )
        return
    try:
        is_live = exam.provider.livemode(exam.credentials)
    except Rejected as refusal:
        yield error("key", "key_refused", str(refusal), "Store a valid key.")
        return
    if is_live != exam.connection.livemode:
        modes = MODES[is_live], MODES[exam.connection.livemode]
        yield error(
            "key",
            "key_of_other_mode",
            f"The key is a {modes[0]} key, and the connection is in {modes[1]} mode.",
            f"Store a {modes[1]} key, or make a connection for {modes[0]} mode.",
        )
        return
    yield _answer(exam.account)


def _answer(account: Account | SyncError) -> Finding:
    if isinstance(account, Account):
        return ok("key", f"The provider accepts the key, of {account.name}.")
    if is_permission(account) and isinstance(account, Rejected):
        return ok("key", "The provider accepts the key, which may not read its account.")
    if isinstance(account, Rejected):
        return error("key", "key_refused", str(account), "Store a valid key in the connection.")
    return error(
        "key",
        "provider_unreachable",
        str(account),
        "Check this server's way to the provider, and the provider's status page. Work continues by itself.",
        remedy="test",
    )


def account(exam: Examination) -> Iterator[Finding]:
    """Whether the key is of the account that the connection was of before."""
    if exam.has_error("key") or not isinstance(exam.account, Account):
        yield unknown("account", "account_unknown", "Which account the key is of is not known.")
        return
    try:
        health.check_same(exam.connection, exam.account)
    except Rejected as refusal:
        yield error(
            "account", "account_changed", str(refusal), "Mappings of one account mean nothing in another."
        )
        return
    yield ok("account", f"The account is {exam.account.id}, in {MODES[exam.account.livemode]} mode.")


def clock(exam: Examination) -> Iterator[Finding]:
    """Whether this server's clock is right, by the provider's."""
    if exam.has_error("key") or not isinstance(exam.account, Account) or exam.account.at is None:
        yield unknown("clock", "clock_unknown", "The provider's time is not known.")
        return
    ahead = (exam.asked_at - exam.account.at).total_seconds()
    if abs(ahead) <= NOTICED:
        yield ok("clock", "This server's clock and the provider's agree.")
        return
    makes = error if abs(ahead) >= REFUSED else warning
    side = "ahead of" if ahead > 0 else "behind"
    yield makes(
        "clock",
        "clock_skew",
        f"This server's clock is {abs(ahead):.0f} seconds {side} the provider's.",
        f"Synchronise this server's clock (NTP). From {REFUSED} seconds on all webhooks are refused.",
    )


def status(exam: Examination) -> Iterator[Finding]:
    """Whether work goes on."""
    connection = exam.connection
    if connection.status == ConnectionStatus.PAUSED:
        yield warning(
            "status",
            "connection_paused",
            f"The connection is paused: {connection.status_reason}",
            "Resume it: events are stored, but none is applied, and nothing is sent.",
            remedy="resume",
        )
    elif connection.status == ConnectionStatus.BROKEN and not exam.has_error("key", "account", "permissions"):
        yield warning(
            "status",
            "connection_broken",
            f"The connection is broken: {connection.status_reason}",
            "Its work waits until a probe succeeds. Test the connection to try at once.",
            remedy="test",
        )
    else:
        yield ok("status", "Work goes on." if connection.status == ConnectionStatus.ACTIVE else "See above.")
