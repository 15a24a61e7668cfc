"""Lists at Stripe, page by page to their end (page "Pagination")."""

from collections.abc import Callable, Mapping

from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.translate.fields import read_objects

PAGE = 100


def read(
    inbound: Inbound,
    operation: str,
    target: str,
    params: Mapping[str, str] = {},
    *,
    ends_at: Callable[[str], bool] = lambda _stripe_id: False,
) -> list[Json]:
    """The objects of a list; no more pages are read after one whose last object's id ``ends_at`` accepts."""
    found: list[Json] = []
    wanted: dict[str, str | int] = {**params, "limit": PAGE}
    while True:
        page = inbound.look_up(operation, target, wanted)
        found += read_objects(page, "data")
        if not page.get("has_more") or ends_at(found[-1]["id"]):
            return found
        wanted["starting_after"] = found[-1]["id"]


def complete(inbound: Inbound, beginning: Json, operation: str, target: str) -> list[Json]:
    """The objects of a list whose ``beginning`` is shown by the object that it belongs to, ``target``."""
    shown = read_objects(beginning, "data")
    if not beginning.get("has_more"):
        return shown
    return shown + read(inbound, operation, target, {"starting_after": shown[-1]["id"]})
