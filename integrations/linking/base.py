"""What the two sides of a new link have in common: the base from which both are followed."""

from datetime import datetime
from typing import Any

from integrations.inbox.context import LOOKED_AT
from integrations.linking.previews import Field
from integrations.provider_api import Comparison

# Under which name the notes of a mapping keep FlexSync's values of fields on which both knowingly differ.
APART = "apart"


def first_base(found: Comparison, shown: tuple[Field, ...], now: datetime) -> dict[str, Any]:
    """The notes of a new mapping: each side keeps its value where the two differ."""
    return {**found.notes, APART: apart(found, shown), LOOKED_AT: now.isoformat()}


def apart(found: Comparison, shown: tuple[Field, ...]) -> dict[str, Any]:
    """FlexSync's values of the fields that differ, without those that only FlexSync writes."""
    return {one.field: one.ours for one in shown if one.differs and one.field not in found.own}
