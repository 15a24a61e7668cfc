"""What a caller changes of a row's metadata: some of its keys, and nothing of the others."""

from collections.abc import Mapping
from typing import Any


class MetadataChanges(dict[str, str | None]):
    """Values by key; None for a key that goes."""

    def applied_to(self, metadata: Mapping[str, str]) -> dict[str, str]:
        """The metadata with these changes."""
        both: dict[str, str | None] = {**metadata, **self}
        return {key: value for key, value in both.items() if value is not None}


def applied(changes: Mapping[str, Any], known: Any) -> dict[str, Any]:
    """The changes of a row, or of facts, with all of its metadata where they change some of it."""
    metadata = changes.get("metadata")
    if not isinstance(metadata, MetadataChanges):
        return dict(changes)
    return {**changes, "metadata": metadata.applied_to(known.metadata)}
