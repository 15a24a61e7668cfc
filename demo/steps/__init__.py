"""The story's steps, one module each, with a TITLE and a function run."""

from dataclasses import dataclass, field
from typing import Any

from demo.clients import Client
from demo.report import Report


@dataclass
class Demo:
    """The clients that the steps use, and the results of earlier steps."""

    report: Report
    flexsync: Client
    stripe: Client
    secret_key: str
    results: dict[str, Any] = field(default_factory=dict)

    def mapping(self, kind: str, entity_id: str) -> dict[str, Any] | None:
        """Returns the mapping of FlexSync's ``entity_id``, None while there is none."""
        found = self.flexsync.get("/v1/mappings", entity_type=kind, entity_id=entity_id)["items"]
        return found[0] if found else None

    def stripe_id(self, kind: str, entity_id: str) -> str:
        """Returns the Stripe id that FlexSync's ``entity_id`` is mapped to, "" while there is none."""
        return str((self.mapping(kind, entity_id) or {}).get("provider_entity_id", ""))
