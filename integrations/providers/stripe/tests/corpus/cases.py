"""Cases of the corpus: an object, what of it differs, how it is spelled, and what it must lead to."""

import json
from dataclasses import dataclass, field
from typing import Any

from integrations.providers.stripe.tests.corpus.moments import MOMENT
from integrations.providers.stripe.tests.corpus.objects import OBJECTS
from integrations.providers.stripe.tests.corpus.older_spellings import Spelling, spelled
from integrations.providers.stripe.tests.corpus.sdk_types import bare, class_of

Json = dict[str, Any]


Columns = dict[str, Any]


ABSENT, NULL = "absent", "null"


@dataclass(frozen=True)
class Case:
    """One event: an object of the corpus with ``changes`` (by their paths), and what it must lead to.

    ``columns``: those that differ from the ones of the object without changes, as ``Model.column``; ``Model``
    alone is None where no row is. ``given``: the type of the event that came before, and what differs in its
    object. ``rest``: what is done to every field that may be missing, but those ``kept``. ``spellings``: only
    those, where others cannot say it.
    """

    of: str
    type: str
    changes: Json = field(default_factory=dict)
    columns: Columns = field(default_factory=dict)
    state: str = "applied"
    reason: str = ""
    given: tuple[str, Json] = ("", {})
    rest: str = ""
    kept: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a failure is called by."""
        return f"{self.type} {' '.join((self.rest, *self.kept)).strip() or json.dumps(self.changes, default=str)[:150]}"


def set_path(container: Any, path: str, value: Any) -> None:
    """Sets what the path, such as ``lines.data.0.amount``, leads to; the SDK knows all its names."""
    *steps, last = path.split(".")
    for step in steps:
        container = container[int(step) if step.isdigit() else step]
    container[int(last) if last.isdigit() else last] = value


def event(
    tag: str, kind: str, stripe_object: Json, spelling: Spelling, *, later: int = 0, old: Json | None = None
) -> Json:
    """The event as Stripe sends it to an endpoint of that version; ``old``: what its old names say."""
    found = spelled(stripe_object, spelling, old)
    if found["object"] == "invoice":
        # Only a read that expands them shows them.
        found.pop("payments", None)
    return {
        "id": f"evt_{tag}_{kind.replace('.', '_')}_{later}",
        "object": "event",
        "api_version": spelling.version,
        "created": MOMENT + 60 + later,
        "data": {"object": found},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def changed(case: Case, tag: str) -> Json:
    """The case's object in the pinned spelling."""
    found = OBJECTS[case.of](tag)
    for path, value in case.changes.items():
        set_path(found, path, _tagged(value, tag))
    if case.rest:
        kept = {name: found[name] for name in case.kept}
        found = bare(found, class_of(found["object"]), nulls=case.rest == NULL) | kept
    return found


def _tagged(value: Any, tag: str) -> Any:
    return json.loads(json.dumps(value).replace("#", tag))
