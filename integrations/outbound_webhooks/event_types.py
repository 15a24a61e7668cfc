"""What an event is called: by what became of its object, each change by one name."""

from collections.abc import Mapping
from typing import Any

from billing.models.audit import AuditAction
from integrations.models.connections import ConnectionStatus
from integrations.models.findings import FindingState

Changes = Mapping[str, Any]

_ARCHIVED = {"archived": "archived", "active": "restored"}
# By kind of object: the fields that name an event, by what they became; the first that changed so does.
_WORDS: dict[str, dict[str, dict[str, str]]] = {
    "customer": {"status": _ARCHIVED},
    "plan": {"status": _ARCHIVED},
    "price": {"status": _ARCHIVED},
    "subscription": {
        "status": {
            "incomplete": "incomplete",
            "trialing": "trialing",
            "active": "activated",
            "past_due": "past_due",
            "unpaid": "unpaid",
            "paused": "paused",
            "cancelled": "cancelled",
        }
    },
    "invoice": {
        "payment_status": {
            "succeeded": "paid",
            "overpaid": "overpaid",
            "failed": "payment_failed",
            "requires_action": "payment_action_required",
            "refunded": "refunded",
            "partially_refunded": "partially_refunded",
        },
        "status": {"finalized": "finalized", "voided": "voided", "uncollectible": "uncollectible"},
    },
    "payment": {
        "status": {
            "processing": "processing",
            "requires_action": "requires_action",
            "succeeded": "succeeded",
            "failed": "failed",
            "cancelled": "cancelled",
            "partially_refunded": "partially_refunded",
            "refunded": "refunded",
        }
    },
    "refund": {"status": {"succeeded": "succeeded", "failed": "failed", "cancelled": "cancelled"}},
    "dispute": {
        "status": {
            "under_review": "under_review",
            "inquiry_closed": "closed",
            "prevented": "prevented",
            "lost": "lost",
            "won": "won",
        }
    },
    "credit_note": {"status": {"voided": "voided"}},
    "connection": {
        "status": {
            ConnectionStatus.BROKEN.value: "broken",
            ConnectionStatus.ACTIVE.value: "mended",
            ConnectionStatus.PAUSED.value: "paused",
            ConnectionStatus.ARCHIVED.value: "deleted",
        }
    },
    "conflict": {"winner": {"flexsync": "settled", "provider": "settled"}},
    "finding": {
        "state": {
            FindingState.ACCEPTED.value: "accepted",
            FindingState.HEALED.value: "healed",
            FindingState.OPEN.value: "reopened",
        }
    },
}
KINDS = tuple(_WORDS)
# What these are from the beginning says more than that they are new: money that came is "succeeded".
_NAMED_WHEN_NEW = frozenset({"invoice", "payment", "refund"})
# Of these, what nothing names is not told: nothing else of them changes that others could use.
_NEVER_UPDATED = frozenset({"connection", "conflict", "finding"})
# Of these, rows may vanish (placeholders of payments).
_DELETED = frozenset({"payment"})
TEST = "webhook_endpoint.test"


def event_type(kind: str, action: str, changes: Changes) -> str:
    """The name of the event for a change, such as "invoice.paid"."""
    if action == AuditAction.DELETED:
        return f"{kind}.deleted"
    is_new = action == AuditAction.CREATED
    word = "" if is_new and kind not in _NAMED_WHEN_NEW else _word(kind, changes)
    return f"{kind}.{word or ('created' if is_new else 'updated')}"


def _word(kind: str, changes: Changes) -> str:
    for field, words in _WORDS[kind].items():
        if field in changes and (word := words.get(str(changes[field][1]))):
            return word
    return ""


def _all() -> tuple[str, ...]:
    found: dict[str, None] = {}
    for kind, by_field in _WORDS.items():
        words = [word for named in by_field.values() for word in named.values()]
        first = ["created"] if kind in _NEVER_UPDATED else ["created", "updated"]
        ends = ["deleted"] if kind in _DELETED else []
        found |= dict.fromkeys(f"{kind}.{word}" for word in (*first, *words, *ends))
    return tuple(found)


# All names, by kind.
TYPES = _all()


def of_kind(kind: str) -> list[str]:
    """All names of a kind's events, those of an older release included: events are found by their types."""
    known = [one for one in TYPES if one.startswith(f"{kind}.")]
    return list(dict.fromkeys([*known, f"{kind}.updated", f"{kind}.deleted"]))


# What an endpoint may ask for: names, and all of a kind.
WANTED = frozenset(TYPES) | {f"{kind}.*" for kind in KINDS}
