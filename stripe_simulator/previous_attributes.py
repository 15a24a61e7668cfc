"""What an update has changed, as events show it.

Source: Stripe API reference, "Event", previous_attributes.
"""

from typing import Any

Object = dict[str, Any]


def previous_attributes(before: Object, after: Object) -> Object:
    """Return the former values of what changed; inside objects only what changed, lists as a whole."""
    changed: Object = {}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        changed[name] = _former(old, new)
    return changed


def _former(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict) and "object" not in old:
        return previous_attributes(old, new)
    return old
