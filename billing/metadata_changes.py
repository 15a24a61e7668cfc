"""What a caller changes of a row's metadata: some of its keys, and nothing of the others."""

from collections.abc import Mapping


class MetadataChanges(dict[str, str | None]):
    """Values by key; None for a key that goes."""

    def applied_to(self, metadata: Mapping[str, str]) -> dict[str, str]:
        """The metadata with these changes."""
        both: dict[str, str | None] = {**metadata, **self}
        return {key: value for key, value in both.items() if value is not None}
