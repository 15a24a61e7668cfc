"""Whose an event is: an endpoint for connected accounts, or for an organization, gets events of many."""

from integrations.provider_api import Json


def foreign(event: Json, account_id: str) -> str:
    """Why an event of another account than the connection's is ignored, "" for one of its own.

    ``account`` is set in events of connected accounts only (page "Connect webhooks"): such an event is the
    connection's only if it is known to be to that account. ``context`` is set in events of an organization,
    to "acct_..." or a path that ends in it (changelog 2025-04-30, "Adds context field to event payload").
    """
    if account := event.get("account"):
        return "" if account == account_id else _reason("connected account", str(account), account_id)
    context = event.get("context")
    if isinstance(context, str) and account_id:
        account = context.rpartition("/")[2]
        if account.startswith("acct_") and account != account_id:
            return _reason("account", account, account_id)
    return ""


def _reason(what: str, account: str, account_id: str) -> str:
    whose = f"the account {account_id}" if account_id else "an account that is not known yet"
    return (
        f"The event is of the {what} {account[:255]}, and this connection is to {whose}. To have its events, make a"
        " connection with a key of that account, or test this one if its key is of that account; then replay the event."
    )
