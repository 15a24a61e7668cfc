"""The calls of a sync in their order, as an operator reads them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from billing import durations
from billing.admin.labels import badge
from integrations.admin.json_display import folded
from integrations.admin.step_words import in_words
from integrations.models import OutboundCall, OutboundSync


@dataclass(frozen=True)
class ShownCall:
    """A call; ``step`` in words, ``name`` as programs know it; ``took`` is "" while there is no answer."""

    step: str
    name: str
    operation: str
    target: str
    state: SafeString
    detail: str
    started_at: datetime
    took: str
    request_id: str
    key: str
    params: SafeString
    answer: SafeString


def of(sync: OutboundSync) -> list[ShownCall]:
    """Returns every call of the sync, the first one first."""
    return [_shown(call) for call in sync.calls.all()]


def _shown(call: OutboundCall) -> ShownCall:
    return ShownCall(
        step=in_words(call.step),
        name=call.step,
        operation=call.operation,
        target=call.target,
        state=badge(call.state),
        detail=call.detail,
        started_at=call.started_at,
        took=_duration(call),
        request_id=call.request_id,
        key=call.idempotency_key,
        params=folded("Parameters", call.params),
        answer=folded("Answer", call.answer),
    )


def _duration(call: OutboundCall) -> str:
    """Returns how long the call took, "" when it was skipped or is not over."""
    if call.finished_at is None or not call.operation:
        return ""
    return durations.words(call.finished_at - call.started_at)
