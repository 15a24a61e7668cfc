"""The log of API requests: account, operation, parameters, status and fault."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class RequestRecord:
    """One request, filled in while it is carried out."""

    id: str
    method: str
    path: str
    time: float
    operation: str | None = None
    account: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None
    ignored: list[str] = field(default_factory=list)
    replayed: bool = False
    status: int | None = None
    fault: str | None = None
    error: str | None = None
