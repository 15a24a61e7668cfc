"""Lists: newest first, in pages with a cursor. Source: Stripe API reference, "Pagination"."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from .errors import InvalidRequest, missing
from .operations import Call, Handler, operation
from .state.account import Account, Object, created_of
from .state.collection import Among
from .state.filters import INDEXED

Predicate = Callable[[Object], bool]
Filters = Mapping[str, Any]
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def page(
    call: Call,
    kind: str,
    matches: Predicate = lambda object: True,
    since: int | None = None,
    by: Filters | None = None,
) -> Object:
    """Return one page of the account's objects of a kind, created at `since` or later.

    `by` are values that all objects that match have, or lists of which they have one, by the path of the
    attribute: where it is indexed, no others are looked at. The parameters are `limit`, `starting_after`,
    `ending_before` and `created`.
    """
    account, limit = call.account, page_limit(call.params)
    found = list(islice(_matching(call, kind, matches, since, by or {}), limit + 1))
    shown = found[:limit]
    if call.params.get("ending_before"):
        shown.reverse()
    return list_object([account.render(object) for object in shown], len(found) > limit, call.url)


def page_limit(params: dict[str, Any]) -> int:
    """Return how many objects a page holds: 10 by default, 1 to 100."""
    limit: int = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise InvalidRequest(
            "Invalid limit: must be between 1 and 100", code="parameter_invalid_integer", param="limit"
        )
    return limit


def list_object(data: list[Object], has_more: bool, url: str) -> Object:
    """Return a list as the API shows it."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def embedded_list(account: Account, objects: Iterable[Object], url: str, limit: int = 10) -> Object:
    """Return the first page of a list inside another object, in the order given."""
    some = list(islice(objects, limit + 1))
    return list_object([account.render(object) for object in some[:limit]], len(some) > limit, url)


def paged(call: Call, objects: list[Object]) -> Object:
    """Return one page of a list that is not sorted newest first, such as the lines of an invoice."""
    limit = page_limit(call.params)
    after, before = (_position(call, objects, cursor) for cursor in ("starting_after", "ending_before"))
    if before is not None:
        start, end, more = max(0, before - limit), before, before > limit
    else:
        start = 0 if after is None else after + 1
        end, more = start + limit, len(objects) > start + limit
    return list_object([call.account.render(object) for object in objects[start:end]], more, call.url)


def _position(call: Call, objects: list[Object], cursor: str) -> int | None:
    """Return the position in a list of the object that a cursor names."""
    named = call.params.get(cursor)
    if not named:
        return None
    found = next((index for index, object in enumerate(objects) if object["id"] == named), None)
    if found is None:
        raise missing("object", named, cursor)
    return found


def _matching(call: Call, kind: str, matches: Predicate, since: int | None, by: Filters) -> Iterator[Object]:
    bounds = call.params.get("created")
    for id in _ids(call, kind, *_window(bounds, since), _among(call.account, kind, by)):
        object = call.account.objects[id]
        created = created_of(object)
        if (since is None or created >= since) and within(created, bounds) and matches(object):
            yield object


def _window(bounds: Any, since: int | None) -> tuple[int | None, int | None]:
    """Return the first and last second of the window that the bounds describe; None where it is open."""
    exact = {"gte": bounds, "lte": bounds} if isinstance(bounds, int) else bounds or {}
    first = [exact.get("gte"), exact["gt"] + 1 if "gt" in exact else None, since]
    last = [exact.get("lte"), exact["lt"] - 1 if "lt" in exact else None]
    return (
        max((moment for moment in first if moment is not None), default=None),
        min((moment for moment in last if moment is not None), default=None),
    )


def _among(account: Account, kind: str, by: Filters) -> Among | None:
    """Return the positions of the objects with the rarest of these values; None if no index has any."""
    wanted = [
        {(path, value) for value in (values if isinstance(values, list) else [values])}
        for path, values in by.items()
        if path in INDEXED.get(kind, ()) and values is not None
    ]
    found = [account.among(kind, entries) for entries in wanted]
    return min(found, key=lambda among: sum(map(len, among)), default=None)


def _ids(call: Call, kind: str, since: int | None, until: int | None, among: Among | None) -> Iterator[str]:
    """Return the ids from the cursor on, in the direction that the parameters give."""
    collection = call.account.collections[kind]
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if after and before:
        raise InvalidRequest(
            "Received both starting_after and ending_before parameters. Please pass in only one.",
            code="parameters_exclusive",
            param="ending_before",
        )
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and cursor not in collection:
            raise missing(kind, cursor, name)
    if before:
        return collection.oldest_first(before, since, until, among)
    return collection.newest_first(after, since, until, among)


def within(moment: int | None, bounds: Any) -> bool:
    """Return whether a moment equals `bounds`, or lies between its `gt`, `gte`, `lt` and `lte`.

    None as `bounds` accepts every moment.
    """
    if bounds is None or moment is None:
        return bounds is None
    if isinstance(bounds, int):
        return moment == bounds
    return all(_COMPARE[name](moment, bound) for name, bound in bounds.items())


def listable(name: str, kind: str, *filters: str) -> Handler:
    """Register `<resource>.list`, filtered by parameters that equal the attribute of the same name."""

    @operation(name)
    def list_(call: Call) -> Object:
        given = {name: call.params[name] for name in filters if call.params.get(name) is not None}
        return page(
            call, kind, lambda object: all(object.get(name) == given[name] for name in given), by=given
        )

    return list_


def retrievable(name: str, kind: str, *, also_deleted: bool = False) -> Handler:
    """Register `<resource>.retrieve`; some kinds are also returned when deleted, with `deleted`."""

    @operation(name)
    def retrieve(call: Call) -> Object:
        deleted = call.account.find(kind, call.id) if also_deleted else None
        return call.account.render(deleted or call.account.get(kind, call.id))

    return retrieve
