"""The dry run of a push: provider.Outbound that lists the calls it would make and makes none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from billing.events import Kind
from integrations.mappings import entity_mappings
from integrations.models import Connection
from integrations.outbox.param_diff import Difference, differences
from integrations.provider_api import Json, registry


@dataclass(frozen=True)
class PlannedCall:
    """One call that a push would make; ``skipped`` says why it would not.

    ``differences``: what it would change, where it is known what the provider holds.
    """

    step: str
    operation: str = ""
    target: str | None = None
    params: Json = field(default_factory=dict)
    skipped: str = ""
    differences: tuple[Difference, ...] = ()


class Unknown(dict[str, Any]):
    """An answer that nobody has given yet: what it does not hold is a placeholder."""

    def __init__(self, target: str | None, noun: str) -> None:
        super().__init__(id=target or f"<id of the new {noun}>")
        self._whose = target or f"the new {noun}"

    def __missing__(self, name: str) -> str:
        return f"<{name} of {self._whose}>"


class DryRunContext:
    """Runs a push without a provider."""

    dry = True

    def __init__(self, connection: Connection, kind: Kind, entity_id: str) -> None:
        self.connection_id = connection.id
        self.environment_id = connection.environment_id
        self.entity_id = entity_id
        self.calls: list[PlannedCall] = []
        self._own = (kind, entity_id)
        self._linked: dict[tuple[Kind, str], str] = {}
        self._notes: dict[tuple[Kind, str], dict[str, Any]] = {}

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin, or the placeholder of the one that would have been made."""
        planned = self._linked.get((kind, entity_id))
        return planned or entity_mappings.provider_id_of(self.connection_id, kind, entity_id)

    def notes_of(self, kind: Kind, entity_id: str) -> Json:
        """What is noted about the pair, and what this run would have noted."""
        return entity_mappings.noted(self.connection_id, kind, entity_id) | self._notes.get(
            (kind, entity_id), {}
        )

    def is_unsure(self, target: str, besides: str) -> bool:
        """A plan is made from what is known."""
        return False

    def skip(self, step: str, reason: str) -> None:
        """Lists a step that is not needed."""
        self.calls.append(PlannedCall(step, skipped=reason))

    def once(
        self,
        step: str,
        operation: str,
        params: Json,
        *,
        target: str | None = None,
        link: tuple[Kind, str] | None = None,
        annotate: Callable[[Json], Json] | None = None,
        about: tuple[Kind, str] | None = None,
        repeatable: bool = False,
    ) -> Json:
        """Lists the call; answers placeholders."""
        pair = about or link or self._own
        held = self.notes_of(*pair).get("held") if target and target == self.provider_id_of(*pair) else None
        found = differences(held, params) if held is not None else ()
        self.calls.append(PlannedCall(step, operation, target, params, differences=found))
        noun = link[0].value if link else operation.partition(".")[0].removesuffix("s")
        answer = Unknown(target, noun)
        if link is not None:
            self._linked[link] = answer["id"]
        if annotate is not None:
            self._notes.setdefault(pair, {}).update(annotate(answer))
        return answer


def plan(connection: Connection, kind: Kind, entity_id: str) -> list[PlannedCall]:
    """The calls that a push of the entity would make now; changes nothing. Raises Retry or Rejected as it would."""
    planner = DryRunContext(connection, kind, entity_id)
    registry.push(connection.provider, kind).push(planner)
    return planner.calls
