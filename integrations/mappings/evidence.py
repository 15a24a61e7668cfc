"""What a merge asks of events and calls."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from integrations.provider_api import Fields


class Evidence(Protocol):
    """What events and calls tell about a change at the provider."""

    def changed_at(self, name: str, value: Any) -> datetime | None:
        """When the field got that value there, None where the event that says so is yet to come."""

    def is_changed_since(self, name: str, own: Sequence[Any]) -> bool:
        """Whether another has changed the field again; ``own``: what FlexSync's calls have set it to."""

    def is_anothers_last(self, name: str) -> bool:
        """Whether another has changed the field again within the same second."""

    def unanswered(self) -> Fields:
        """What calls of FlexSync's that have no answer yet set of the object, if they were carried out."""

    def wait_for_answer(self, name: str) -> None:
        """Raises Retry while it makes sense to wait for the answer to the call that sets the field."""
