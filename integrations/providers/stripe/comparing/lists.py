"""Stripe's lists, read whole: a hundred objects a call, the newest first (page "Pagination")."""

from collections.abc import Callable, Iterator, Sequence

from integrations.models import Connection
from integrations.provider_api import Gateway, Json, Page
from integrations.providers.stripe.listings.pages import reading
from integrations.providers.stripe.translate import metadata


def whole(operation: str, **params: object) -> Callable[[Gateway, str], Page]:
    """Reads a page of that list."""
    read = reading(operation, None, params)
    return lambda gateway, cursor: read(gateway, cursor=cursor, since=None)


def in_turn(*lists: Callable[[Gateway, str], Page]) -> Callable[[Gateway, str], Page]:
    """Reads several lists as one: a cursor says which list, and where in it."""

    def read(gateway: Gateway, cursor: str) -> Page:
        number, _, inner = cursor.partition(":")
        page = lists[int(number or 0)](gateway, inner)
        if page.cursor:
            return Page(page.objects, f"{number or 0}:{page.cursor}")
        after = int(number or 0) + 1
        return Page(page.objects, f"{after}:" if after < len(lists) else "")

    return read


def is_of(environment_id: str, stripe_object: Json) -> bool:
    """Whether no other environment of FlexSync made it."""
    return metadata.of(stripe_object).get(metadata.ENVIRONMENT, environment_id) == environment_id


def own(connection: Connection, objects: Sequence[Json]) -> Iterator[Json]:
    """Those that no other environment of FlexSync made."""
    return (one for one in objects if is_of(connection.environment_id, one))
