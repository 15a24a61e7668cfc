"""The steps by which customers, products, prices and subscriptions of Stripe become rows here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from billing.events import Kind
from billing.models.base import Row
from integrations.errors import Missing
from integrations.provider_api import LAST_KNOWN, LINK_BY_HAND, First, Freshness, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import forgotten, match_candidates
from integrations.providers.stripe.handlers.echoes import is_choice, is_echo, key_of_call, made_by_own_call
from integrations.providers.stripe.handlers.events import (
    BY_OWN_CALL,
    ECHO,
    STALE,
    object_of,
    of_other_environment,
    rank_of,
)
from integrations.providers.stripe.merging.synced import Synced


def _ignore_echo(_inbound: Inbound, _local_id: str, _stripe_object: Json) -> Ignored | None:
    return ECHO


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What differs between the kinds.

    ``row``: the model, and the name in the object's metadata under which FlexSync notes the row's id.
    ``retrieve``, with ``expand``: the operation that reads the object as it is now.
    ``adopt``(inbound, object) links the row that the object matches, or a new one, and returns its id.
    ``synced``: how the fields that are edited on both sides are merged. ``update``(inbound, row id, object,
    event) gives the row what Stripe alone decides, before that; ``follow``(inbound, row id, object) after it,
    also where the object is the answer to a call. ``complete``(inbound, object): the object, with what its
    event left out. ``needs``(inbound, object) brings here what it refers to.
    ``unwanted``(inbound, object): why an object without a row is not brought here.
    ``echo``(inbound, row id, object): what an event of FlexSync's own call changes; ``follows_echoes``:
    whether that is only right for the newest state of the object.
    """

    kind: Kind
    row: tuple[type[Row], str]
    retrieve: str
    expand: Sequence[str] = ()
    adopt: Callable[[Inbound, Json], str | Ignored]
    update: Callable[[Inbound, str, Json, Json], Ignored | None] = lambda *_: None
    synced: Synced
    follow: Callable[[Inbound, str, Json], None] = lambda _inbound, _local_id, _stripe_object: None
    complete: Callable[[Inbound, Json], Json] = lambda _inbound, stripe_object: stripe_object
    needs: Callable[[Inbound, Json], Ignored | None] = lambda _inbound, _stripe_object: None
    unwanted: Callable[[Inbound, Json], Ignored | None] = lambda _inbound, _stripe_object: None
    echo: Callable[[Inbound, str, Json], Ignored | None] = _ignore_echo
    follows_echoes: bool = False


def save(resource: Resource, inbound: Inbound, event: Json) -> Ignored | None:
    """Brings the event's object here, or updates its row, in whichever order the events come."""
    ignored, local_id = (
        _save(resource, inbound, event),
        inbound.entity_id_of(resource.kind, object_of(event)["id"]),
    )
    if local_id and is_choice(event):
        _restore(resource, inbound, local_id, event)
    return ignored


def _restore(resource: Resource, inbound: Inbound, local_id: str, event: Json) -> None:
    """However late the event of a call of FlexSync's comes: only it tells what the call has replaced."""
    replaced = resource.synced.mergeable.replaced(event)
    inbound.restore(resource.kind, local_id, replaced, key_of_call(event))


def _save(resource: Resource, inbound: Inbound, event: Json) -> Ignored | None:
    stripe_object = object_of(event)
    if foreign := of_other_environment(inbound, stripe_object):
        return foreign
    local_id = inbound.entity_id_of(resource.kind, stripe_object["id"])
    is_own = local_id is not None and is_echo(inbound, event)
    if local_id and is_own:
        _restore(resource, inbound, local_id, event)
    freshness = inbound.freshness(resource.kind, stripe_object["id"], rank_of(inbound))
    is_undecided = inbound.is_undecided(resource.kind, stripe_object["id"])
    if freshness is Freshness.STALE or (
        local_id and not (is_own or is_undecided) and _is_over(resource, inbound, stripe_object)
    ):
        return STALE
    is_news = resource.follows_echoes or not is_own or is_undecided
    is_concurrent = freshness is Freshness.CONCURRENT and is_news
    if is_read := is_concurrent and not _is_known(resource, inbound, stripe_object):
        stripe_object = _read_again(resource, inbound, stripe_object)
    stripe_object = resource.complete(inbound, stripe_object)
    if local_id is None:
        return _unwanted(resource, inbound, event) or _ignored(resource.adopt(inbound, stripe_object))
    # What was read, or is still to be decided, would be told by no other event: those from before are stale.
    if is_own and not (is_undecided or is_read):
        return resource.echo(inbound, local_id, stripe_object)
    return _merge(resource, inbound, local_id, event, stripe_object)


def observed(resource: Resource, inbound: Inbound, stripe_object: Json) -> None:
    """What an answer shows of an object that has a row here."""
    local_id = inbound.entity_id_of(resource.kind, stripe_object["id"])
    if local_id is None:
        return
    stripe_object = resource.complete(inbound, stripe_object)
    # What cannot be brought here is left to Stripe.
    resource.needs(inbound, stripe_object)
    inbound.merge(resource.kind, local_id, _current(resource.synced, stripe_object))
    resource.follow(inbound, local_id, stripe_object)


def adopted(
    resource: Resource, inbound: Inbound, local_id: str, stripe_object: Json, *, is_new: bool
) -> None:
    """Compares an object for the first time with the row that it was linked to."""
    first = First.NEW if is_new else First.LINKED
    # In a backup's row an older state is no edit of what the call sent.
    is_own = not is_new and not inbound.is_recovering
    if is_own and made_by_own_call(inbound, stripe_object["id"]):
        first = First.OWN
    inbound.merge(resource.kind, local_id, _current(resource.synced, stripe_object), first=first)
    resource.follow(inbound, local_id, stripe_object)


def _merge(
    resource: Resource, inbound: Inbound, local_id: str, event: Json, stripe_object: Json
) -> Ignored | None:
    """Merges the object into its row; reads it again where the event may be older than what is known."""
    current, stripe_id = _current(resource.synced, stripe_object), stripe_object["id"]
    if inbound.may_precede_look(resource.kind, stripe_id) and _says_more(resource, inbound, stripe_object):
        stripe_object = resource.complete(inbound, _read_again(resource, inbound, stripe_object))
        current = _current(resource.synced, stripe_object)
    needs = resource.needs(inbound, stripe_object)
    ignored = needs or resource.update(inbound, local_id, stripe_object, event)
    if ignored is None:
        inbound.merge(resource.kind, local_id, current)
        resource.follow(inbound, local_id, stripe_object)
    return ignored


def _says_more(resource: Resource, inbound: Inbound, stripe_object: Json) -> bool:
    """Whether the object, which may be older than what is known, is another, also in what is followed."""
    if inbound.differs(resource.kind, stripe_object["id"], _current(resource.synced, stripe_object)):
        return True
    return resource.follows_echoes and not _is_known(resource, inbound, stripe_object)


def _is_over(resource: Resource, inbound: Inbound, stripe_object: Json) -> bool:
    """Whether the object was read since the event came, and is another by now; a deletion is never over."""
    is_deletion = inbound.event_type.endswith(".deleted")
    if is_deletion or not inbound.was_read_since(resource.kind, stripe_object["id"]):
        return False
    current = _current(resource.synced, resource.complete(inbound, stripe_object))
    return inbound.differs(resource.kind, stripe_object["id"], current)


def _is_known(resource: Resource, inbound: Inbound, stripe_object: Json) -> bool:
    """Whether the object is as it was last seen: it need not be read to know which event is the later."""
    held = inbound.notes_of(resource.kind, stripe_object["id"]).get(LAST_KNOWN)
    current = _current(resource.synced, stripe_object)
    return held == current and not inbound.differs(resource.kind, stripe_object["id"], current)


def _current(synced: Synced, stripe_object: Json) -> Json:
    return synced.mergeable.current({"data": {"object": stripe_object}})


def delete(
    resource: Resource, inbound: Inbound, event: Json, stripe_object: Json, archive: Callable[[str], object]
) -> Ignored | None:
    """Lets ``archive``(row id) archive the row of an object that was deleted at Stripe.

    ``stripe_object``: the event's, as it is to be here. A deletion that comes before all other events brings
    the object here first: order does not matter.
    """
    if foreign := of_other_environment(inbound, stripe_object):
        return foreign
    local_id = (
        inbound.entity_id_of(resource.kind, stripe_object["id"])
        or _unwanted(resource, inbound, event)
        or resource.adopt(inbound, stripe_object)
    )
    if isinstance(local_id, Ignored):
        return local_id
    if inbound.is_stale(resource.kind, stripe_object["id"], rank_of(inbound)):
        return STALE
    archive(local_id)
    inbound.ended(resource.kind, stripe_object["id"])
    return None


def _unwanted(resource: Resource, inbound: Inbound, event: Json) -> Ignored | None:
    """Why an object without a row is not brought here.

    What FlexSync's own call made is brought only if it names the row that it was made for.
    """
    stripe_object = object_of(event)
    if unlinked := inbound.unlinked(resource.kind, stripe_object["id"]):
        return Ignored(f"{unlinked} To bring it here, {LINK_BY_HAND}.")
    if unwanted := resource.unwanted(inbound, stripe_object):
        return unwanted
    named = match_candidates.by_metadata(inbound, *resource.row, stripe_object)
    is_named = any(named.values()) or forgotten.is_row(inbound, stripe_object, resource.row[1])
    return BY_OWN_CALL if not is_named and made_by_own_call(inbound, stripe_object["id"], event) else None


def _read_again(resource: Resource, inbound: Inbound, stripe_object: Json) -> Json:
    """The object read again, since another event of its second was applied: neither is known to be the later.

    ``created`` has a resolution of one second (page "The Event object"), and Stripe delivers in no order.
    """
    params = {"expand": list(resource.expand)} if resource.expand else {}
    try:
        return inbound.read_again(resource.kind, resource.retrieve, stripe_object["id"], params)
    except Missing as missing:
        if not missing.object_id:
            raise
        # Its deletion is an event of its own.
        return stripe_object


def _ignored(result: str | Ignored) -> Ignored | None:
    return result if isinstance(result, Ignored) else None
