"""One event on its way to one endpoint."""

from dataclasses import dataclass, field
from typing import Literal

State = Literal["pending", "delivered", "failed", "dropped"]


@dataclass
class Attempt:
    """One try, and what came of it."""

    time: float
    status: int | None = None
    error: str | None = None
    answer: str = ""


@dataclass(eq=False)
class Delivery:
    """One event for one endpoint, with every attempt to bring it there."""

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
