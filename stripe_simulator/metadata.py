"""Metadata: merged on update, unset by an empty value. Source: Stripe API reference, "Metadata"."""

from .errors import InvalidRequest

_MOST_KEYS, _LONGEST_KEY, _LONGEST_VALUE = 50, 40, 500


def merged(current: dict[str, str], given: dict[str, str] | None) -> dict[str, str]:
    """Return the merged metadata; None (an empty value was sent) removes all of it."""
    if given is None:
        return {}
    for key, value in given.items():
        _check(key, value)
    result = {key: value for key, value in (current | given).items() if value != ""}
    if len(result) > _MOST_KEYS:
        raise InvalidRequest(
            f"You can only specify up to {_MOST_KEYS} keys in metadata. You are trying to set {len(result)}.",
            param="metadata",
        )
    return result


def _check(key: str, value: str) -> None:
    if len(key) > _LONGEST_KEY:
        raise InvalidRequest(
            f"Metadata keys can be up to {_LONGEST_KEY} characters. The key {key} is {len(key)} characters.",
            param=f"metadata[{key}]",
        )
    if len(value) > _LONGEST_VALUE:
        raise InvalidRequest(
            f"Metadata values can have up to {_LONGEST_VALUE} characters, but you passed in a value that is"
            f" {len(value)} characters. Invalid value: {value}",
            param=f"metadata[{key}]",
        )
