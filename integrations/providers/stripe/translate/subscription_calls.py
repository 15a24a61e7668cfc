"""Changed fields of a subscription as the parameters of one call (page "Update a subscription")."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import Json
from integrations.providers.stripe.translate.subscription_fields import NEW_ITEM, PERIOD_END, part_of
from integrations.providers.stripe.translate.subscription_params import NO_PRORATION, PAUSE, is_ahead

# Of a change that Stripe may bill: what is declined stays to be paid on the invoice's page.
_BILLED = {**NO_PRORATION, "payment_behavior": "allow_incomplete", "off_session": True}


def call_fields(changed: Mapping[str, Any], known: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What one call sets of what was ``changed`` here, over what is ``known`` of Stripe's subscription."""
    found = metadata.in_room(changed, known)
    if found.get("cancel_at") and known.get("cancel_at") == PERIOD_END:
        # Stripe takes one of the two ways to end at a time: the other has to be undone first.
        found["cancel_at"] = None
    for name in ("cancel_at", "trial_end"):
        if name in found and not _can_be_set(found[name], known.get(name), now):
            del found[name]
    # Page "Change the price": a new price comes with a quantity, which is 1 unless it is sent.
    parts = [part for name in found if name == f"{(part := part_of(name))}.price"]
    quantities = {name: known.get(name) for part in parts if (name := f"{part}.quantity") not in found}
    return found | {name: value for name, value in quantities.items() if value is not None}


def call_params(fields: Json, known: Json) -> dict[str, Any]:
    """The parameters; ``fields`` are nested, "" for what is removed; ``known``: what they were, flat."""
    params = dict(fields)
    if isinstance(sent := params.get("collection_method"), Mapping):
        params |= sent
        if isinstance(known.get("collection_method"), Mapping):
            del params["collection_method"]
    if PERIOD_END in (params.get("cancel_at"), known.get("cancel_at")):
        params["cancel_at_period_end"] = params.pop("cancel_at") == PERIOD_END
    if params.get("pause_collection"):
        params["pause_collection"] = dict(PAUSE)
    if params.get("trial_end") == "":
        params["trial_end"] = "now"
    if "items" in params:
        params["items"] = _items(params["items"])
    return params | (_BILLED if "items" in params or "trial_end" in params else {})


def _can_be_set(wanted: Any, known: Any, now: datetime) -> bool:
    """A time has to be ahead; one that has passed cannot be taken away either, nor need it be."""
    return wanted == PERIOD_END or is_ahead(wanted, now) or (not wanted and _is_open(known, now))


def _is_open(known: Any, now: datetime) -> bool:
    return known == PERIOD_END or is_ahead(known, now)


def _items(fields: Json) -> list[dict[str, Any]]:
    """Changed items, then new ones, then those that are deleted."""
    changed: dict[str, dict[str, Any]] = {}
    added, deleted = [], []
    for path, value in fields.items():
        item_id, _, name = path.partition(".")
        if not name and not value:
            deleted.append({"id": item_id, "deleted": True})
        elif item_id.startswith(NEW_ITEM):
            added.append(_whole(value))
        elif not name:
            changed[item_id] = {"id": item_id, **_whole(value)}
        else:
            _set(changed.setdefault(item_id, {"id": item_id}), name, value)
    return [*changed.values(), *added, *deleted]


def _whole(fields: Json) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for name, value in fields.items():
        _set(item, name, value)
    return item


def _set(item: dict[str, Any], name: str, value: Any) -> None:
    first, _, key = name.partition(".")
    if key:
        item.setdefault(first, {})[key] = value
    else:
        item[name] = value
