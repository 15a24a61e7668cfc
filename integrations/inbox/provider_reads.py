"""What a handler has to ask the provider before it can apply an event: asked between two transactions, never inside one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from integrations.errors import Retry
from integrations.gateway.guarded import GuardedGateway
from integrations.models import Connection
from integrations.models.outbound import Priority
from integrations.provider_api import Json

# A handler that asks for more than this for one event waits for its next attempt.
MOST = 20


@dataclass(frozen=True)
class Question:
    """One call that reads: ``params`` are kept as JSON, so that equal questions are equal."""

    operation: str
    target: str
    params: str = "{}"

    @classmethod
    def of(cls, operation: str, target: str, params: Json) -> "Question":
        return cls(operation, target, json.dumps(dict(params), sort_keys=True))


Answers = Mapping[Question, Json]


class Unanswered(Retry):
    """The handler needs an answer that nobody has asked for yet: ask, then apply the event again with it."""

    def __init__(self, question: Question) -> None:
        super().__init__(f"It needs the provider's {question.target}, by {question.operation}.")
        self.question = question


def ask(connection: Connection, question: Question) -> Json:
    """The provider's answer, at the connection's pace; outside any transaction. Raises Retry or Rejected."""
    gateway = GuardedGateway(connection, Priority.WEBHOOK)
    return gateway.call(question.operation, json.loads(question.params), target=question.target or None)
