"""One page of a list at Stripe: a hundred objects, the newest first (page "Pagination")."""

from collections.abc import Callable
from datetime import datetime

from integrations.provider_api import Gateway, Json, Page, ReadPage
from integrations.providers.stripe.translate.fields import read_objects

LIMIT = 100


def _as_it_is(stripe_object: Json) -> Json:
    return stripe_object


def reading(
    operation: str, dates: str | None, params: Json, shown: Callable[[Json], Json] = _as_it_is
) -> ReadPage:
    """Reads pages of that list with these parameters.

    ``dates``: which objects an import since some time reads, "gte" those created from then on, "lt" those
    created before, and none in any other import, None all. ``shown``: what becomes of each object.
    """

    def read(gateway: Gateway, *, cursor: str, since: datetime | None) -> Page:
        if since is None and dates == "lt":
            return Page([], "")
        wanted: dict[str, object] = {**params, "limit": LIMIT}
        if cursor:
            wanted["starting_after"] = cursor
        if since is not None and dates:
            wanted["created"] = {dates: int(since.timestamp())}
        page = gateway.call(operation, wanted)
        found = read_objects(page, "data")
        more = bool(found) and bool(page.get("has_more"))
        return Page([shown(one) for one in found], str(found[-1]["id"]) if more else "")

    return read
