"""What programs written for FlexPrice may send to billing's calls: PUT in place of PATCH.

Its other names have addresses of their own (integrations/api/flexprice): docs/coming_from_flexprice.md.
"""

from collections.abc import Iterable
from typing import Any

# Of a serializer's context: metadata that is sent is all there is, and not what changes of it.
REPLACES_METADATA = "replaces_metadata"
Operation = tuple[str, str, str, Any]


def with_put(actions: dict[str, Any]) -> dict[str, Any]:
    """The actions of a view by method, of which PUT does what PATCH does."""
    return actions | ({"put": "partial_update"} if actions.get("patch") == "partial_update" else {})


def leave_out(endpoints: Iterable[Operation]) -> list[Operation]:
    """The operations of the OpenAPI document: what is there twice would be generated twice into clients."""
    return [one for one in endpoints if not (one[2] == "PUT" and _puts(one[3]))]


def _puts(callback: Any) -> bool:
    return bool(getattr(callback, "actions", {}).get("put") == "partial_update")
