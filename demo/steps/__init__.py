"""The story's steps, one module each: a TITLE and play(cast)."""

from dataclasses import dataclass, field
from typing import Any

from demo.clients import Client
from demo.stage import Stage


@dataclass
class Cast:
    """Who plays, and what earlier steps left behind."""

    stage: Stage
    flexsync: Client
    stripe: Client
    secret_key: str
    seen: dict[str, Any] = field(default_factory=dict)

    def mapping(self, kind: str, entity_id: str) -> dict[str, Any] | None:
        """The mapping of our ``entity_id``, None while there is none."""
        found = self.flexsync.get("/v1/mappings", entity_type=kind, entity_id=entity_id)["items"]
        return found[0] if found else None

    def twin(self, kind: str, entity_id: str) -> str:
        """The id of Stripe's twin of our ``entity_id``, "" while there is none."""
        return str((self.mapping(kind, entity_id) or {}).get("provider_entity_id", ""))
