"""FlexSync's own calls about an object that is edited on both sides."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from billing.events import Kind
from integrations.mappings.restoring import Changes, Replaced
from integrations.models import OutboundCall
from integrations.models.outbound import OPEN_STATES, CallState
from integrations.provider_api import Fields, Json

_CHANGING = ~Q(changes={})
_CARRIED_OUT = Q(state=CallState.DONE) | Q(was_seen=True)


class OwnCalls:
    """What a batch of events asks about FlexSync's own calls; nothing is looked up twice."""

    def __init__(
        self, connection_id: str, provider_ids: Iterable[str] = (), keys: Iterable[str] = ()
    ) -> None:
        """``provider_ids``, ``keys``: which objects and calls are likely to be asked for."""
        self._connection_id = connection_id
        self._likely, self._likely_keys = frozenset(provider_ids), frozenset(keys)
        self._set: dict[str, dict[str, Any]] = {}
        # By idempotency key, whether the call was to change what both sides edit: that never changes.
        self._changing: dict[str, bool] = {}

    def was_made(self, key: str) -> bool:
        """Whether this connection has a call with the idempotency ``key``, recorded before it was made."""
        return self._is_changing(key) is not None

    def replaced_unseen(self, key: str, values: Fields) -> list[Replaced]:
        """See the function of this name."""
        found = replaced_unseen(self._connection_id, key, values) if self._is_changing(key) else []
        if any(not one.is_answered for one in found):
            self._set.clear()
        return found

    def _is_changing(self, key: str) -> bool | None:
        if key not in self._changing:
            asked, self._likely_keys = {key} | self._likely_keys, frozenset()
            found = _with_keys(self._connection_id, asked).values_list("idempotency_key", "changes")
            self._changing |= {known: bool(changes) for known, changes in found}
        return self._changing.get(key)

    def set_of(self, provider_id: str) -> Fields:
        """What calls that are under way set of the object, if they were carried out, by field.

        Not those whose event has come: what is seen since is not theirs.
        """
        if provider_id not in self._set:
            self._read({provider_id} | self._likely)
        return self._set[provider_id]

    def _read(self, provider_ids: AbstractSet[str]) -> None:
        self._set |= {provider_id: {} for provider_id in provider_ids}
        calls = _about(self._connection_id, provider_ids)
        under_way = calls.filter(state=CallState.CALLING, was_seen=False, sync__state__in=OPEN_STATES)
        for call in under_way:
            self._set[call.target] |= {name: after for name, (_, after) in call.changes.items()}


def replaced_unseen(connection_id: str, key: str, values: Fields) -> list[Replaced]:
    """``values``, by field, that the call with this idempotency key has replaced, or one after it.

    None where it knew them, and was answered. Notes that its event has come.
    """
    call = _with_keys(connection_id, {key}).first()
    if call is None or not call.changes:
        return []
    since, is_answered = call.key_used_at or call.started_at, call.was_seen or call.state == CallState.DONE
    found = Replaced(key, values, [call.changes], since, is_answered)
    if is_answered and not found.unseen():
        return []
    after = _about(connection_id, {call.target}).filter(_CARRIED_OUT, pk__gt=call.pk)
    later = list(after.values_list("changes", flat=True))
    if found.unseen():
        _note(call, found.unseen())
        found = replace(found, calls=[*found.calls, *later])
    if is_answered:
        return [found]
    OutboundCall.objects.filter(pk=call.pk).update(was_seen=True)
    return [found, *_set_back(call, later, since)]


def _set_back(call: OutboundCall, later: Sequence[Changes], since: datetime) -> Iterator[Replaced]:
    """What a person had set back after the call, of which FlexSync did not hear.

    So it took the call for one that was not carried out, and the next one has replaced that.
    """
    key = call.idempotency_key
    for name, (before, after) in call.changes.items():
        calls = [one for one in later if name in one]
        if calls and before != after and calls[0][name][0] == before:
            sent = {name: [after, calls[0][name][1]]}
            yield Replaced(key, {name: before}, [sent, *calls[1:]], since, is_answered=True, is_set_back=True)


def _note(call: OutboundCall, values: Fields) -> None:
    """Notes what the call has replaced, which tells of earlier calls whether another came after them."""
    noted = {name: [values.get(name, before), after] for name, (before, after) in call.changes.items()}
    OutboundCall.objects.filter(pk=call.pk).update(changes=noted)


def making(connection_id: str, kind: Kind, entity_id: str, provider_id: str) -> Json | None:
    """The parameters of the call that has made the object from the row, None where none has."""
    calls = OutboundCall.objects.filter(makes=f"{kind}:{entity_id}", sync__connection_id=connection_id)
    found = calls.filter(Q(state=CallState.CALLING) | Q(answer__id=provider_id)).order_by("-pk").first()
    return found.params if found else None


def _with_keys(connection_id: str, keys: AbstractSet[str]) -> QuerySet[OutboundCall]:
    """The calls with these keys, "flexsync-<sync id>-<step>-...": the syncs' ids find them by an index."""
    return OutboundCall.objects.filter(
        sync__pk__among=sorted({key.split("-")[1] for key in keys}),
        sync__connection_id=connection_id,
        idempotency_key__among=sorted(keys),
    )


def _about(connection_id: str, provider_ids: AbstractSet[str]) -> QuerySet[OutboundCall]:
    calls = OutboundCall.objects.filter(_CHANGING, sync__connection_id=connection_id)
    return calls.filter(target__among=sorted(provider_ids)).order_by("pk")
