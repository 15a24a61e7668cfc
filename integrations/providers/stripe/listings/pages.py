"""One page of a list at Stripe: a hundred objects, the newest first (page "Pagination")."""

from collections.abc import Callable
from datetime import UTC, datetime

from integrations.provider_api import EVER, Gateway, Json, Page, ReadPage, Window
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

    def read(gateway: Gateway, *, cursor: str, since: datetime | None, window: Window = EVER) -> Page:
        if since is None and dates == "lt":
            return Page([], "")
        wanted: dict[str, object] = {**params, "limit": LIMIT}
        if cursor:
            wanted["starting_after"] = cursor
        if made := _made(dates, since, window):
            wanted["created"] = made
        page = gateway.call(operation, wanted)
        found = read_objects(page, "data")
        more = bool(found) and bool(page.get("has_more"))
        return Page(
            [shown(one) for one in found],
            str(found[-1]["id"]) if more else "",
            *(_time(found[index]) for index in (0, -1) if found),
        )

    return read


def _made(dates: str | None, since: datetime | None, window: Window) -> dict[str, int]:
    """When what is read was made: the bounds of a window are never beyond what is read of the list."""
    bounds = {"gte": window.begin, "lt": window.end}
    if dates:
        bounds[dates] = bounds[dates] or since
    return {name: int(at.timestamp()) for name, at in bounds.items() if at is not None}


def _time(stripe_object: Json) -> datetime | None:
    created = stripe_object.get("created")
    return datetime.fromtimestamp(created, tz=UTC) if isinstance(created, int) else None
