"""The delivery of one event to one endpoint."""

from dataclasses import dataclass, field
from typing import Literal

State = Literal["pending", "delivered", "failed", "dropped"]


@dataclass
class Attempt:
    """One attempt, and its result."""

    time: float
    status: int | None = None
    error: str | None = None
    answer: str = ""


@dataclass(eq=False)
class Delivery:
    """One event for one endpoint, with every attempt to deliver it."""

    id: str
    account: str
    event: str
    type: str
    endpoint: str
    url: str
    due: float
    state: State = "pending"
    in_flight: bool = False
    attempts: list[Attempt] = field(default_factory=list)
