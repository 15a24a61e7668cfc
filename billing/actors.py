"""Who acts: whoever begins a piece of work names its actor, who is noted with all that the work stores."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class ActorType(StrEnum):
    """Answer: what an answer to one of FlexSync's own calls showed. Task: what a worker began by itself."""

    API_KEY = "api_key"
    OPERATOR = "operator"
    EVENT = "event"
    ANSWER = "answer"
    COMMAND = "command"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whose work it is.

    ``label``: what a person knows the actor by: the key's name, the user's, the provider's id of the event,
    the id of the sync, the name of the command or of the task. ``connection_id``: the provider's account
    that it came from, "" for none. ``request_id``: of the request that it serves, "" for none.
    """

    type: ActorType
    label: str = ""
    connection_id: str = ""
    request_id: str = ""


# Of what nothing has named, such as a script that imports FlexSync.
UNNAMED = Actor(ActorType.TASK)

_acting: ContextVar[Callable[[], Actor] | Actor] = ContextVar("acting", default=UNNAMED)


@contextmanager
def acting(actor: Actor | Callable[[], Actor]) -> Iterator[None]:
    """What the block stores is the actor's.

    A function is called whenever something is stored: who sends a request is known once it has been read.
    """
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


def current() -> Actor:
    """The actor of the innermost block."""
    actor = _acting.get()
    return actor if isinstance(actor, Actor) else actor()
