"""How a provider's API is called: one opened connection, named operations in, plain JSON out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    """The account that a connection's credentials belong to, as the provider says.

    ``at``: when it said so, by its own clock; None where it does not say.
    """

    id: str
    name: str
    livemode: bool
    at: datetime | None = None


class Gateway(Protocol):
    """One opened connection to the provider's API; raises nothing but Retry (also Unclear) and Rejected."""

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes one call under idempotency ``key``; returns plain JSON, with "_request_id" added."""

    def account(self) -> Account:
        """Returns the account that the credentials belong to."""
