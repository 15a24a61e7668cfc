"""How an entity reaches a provider: pushes, and what a push may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from billing.events import Kind
from billing.models import Invoice, Subscription
from integrations.provider_api.gateway import Json
from integrations.provider_api.merging import Pending, Sent

Decided = TypeVar("Decided")
NOTHING: Json = {}
# Field -> (FlexSync's value, the provider's, why it cannot be sent).
LeftOut = Mapping[str, tuple[Any, Any, str]]


class Outbound(Protocol):
    """What a push may ask for while it brings one entity to the provider, outside any transaction.

    The same push runs for real, again after a crash, and as a dry run: it must reach the provider
    through ``once`` only, and take every decision from billing's state, mappings and answers.
    """

    connection_id: str
    environment_id: str
    entity_id: str
    # True in a dry run: answers then hold placeholders, and comparing their amounts says nothing.
    dry: bool

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The provider's id of FlexSync's row, None when it has no counterpart there.

        Raises Gone where the provider has it no more: that ends a push, or stops it until a person decides.
        """

    def notes_of(self, kind: Kind, entity_id: str) -> Json:
        """What earlier pushes and events noted about the mapping (``annotate``), {} when nothing."""

    def collects(self, invoice: Invoice) -> bool:
        """Whether this connection collects the invoice; it does from now on, if it is the one to choose.

        Raises Rejected when several would collect it, Retry while another one still asks for it.
        """

    def billed_elsewhere(self, subscription: Subscription) -> str:
        """The other connection that bills the subscription, in words; "" where this one does, or is to.

        Raises Rejected where several would begin to.
        """

    def once(
        self,
        step: str,
        operation: str,
        params: Json,
        *,
        target: str | None = None,
        link: tuple[Kind, str] | None = None,
        annotate: Callable[[Json], Json] | None = None,
        about: tuple[Kind, str] | None = None,
        repeatable: bool = False,
        merge: Sent | None = None,
    ) -> Json:
        """Makes one call, recorded before and after; returns the recorded answer of a step that was done.

        ``operation`` names the gateway's operation ("invoices.create"), ``target`` the provider's object it
        is for. ``link`` maps (kind, FlexSync's id) to the answer's ``id``, and ``annotate`` adds to the notes
        of a mapping, both in the transaction that records the answer. That mapping is the one of ``about``
        (kind, FlexSync's id), else of ``link``, else of the pushed entity, and exists by then. A note "sent"
        is the digest of what was sent, a note "held" what the provider has of FlexSync's values, by the names
        of its parameters: a dry run shows what would change of it. ``repeatable``: doing it twice is the same
        as doing it once, so that after a lost answer it is simply made again, also without idempotency keys.
        ``merge``: what the call sets, where its answer shows an entity that is edited on both sides; instead
        of ``annotate``, the answer is merged by the kind's observer in the transaction that records it.
        Raises Retry or Rejected.
        """

    def look(
        self,
        step: str,
        operation: str,
        params: Json,
        *,
        target: str,
        annotate: Callable[[Json], Json] | None = None,
        about: tuple[Kind, str] | None = None,
        merge: Sent | None = None,
    ) -> Json:
        """``once`` for what is to be read anew in each attempt; its answer is of now.

        The call may change something, too, as long as that may be done any number of times.
        """

    def observe(
        self,
        kind: Kind,
        answer: Json,
        decide: Callable[[], Decided] | None = None,
        *,
        notes: Json = NOTHING,
    ) -> Decided | None:
        """Applies what the latest answer shows, by the provider's observer of the kind.

        ``notes`` are added to those of the answer's mapping, and ``decide`` runs, in the same transaction;
        returns what it returns. A dry run does none of it, and returns None.
        """

    def pending(self, kind: Kind, entity_id: str, step: str) -> Pending:
        """What was changed of an entity that both sides edit; its calls are made in steps that begin so."""

    def repeat(self, kind: Kind, entity_id: str, step: str) -> None:
        """Finds out whether calls of steps that begin so were carried out whose answers were lost.

        Repeats them under their keys, as long as the provider knows these; the object is to be read then.
        """

    def give_up(self, kind: Kind, entity_id: str, step: str) -> None:
        """Gives up unanswered calls of steps that begin so: the object was read again since."""

    def has_begun(self, step: str) -> bool:
        """Whether the step's call was made in an earlier attempt, whatever became of it."""

    def is_unsure(self, target: str, besides: str) -> bool:
        """Whether an earlier attempt called ``target``, in a step other than ``besides``, and had no answer.

        The notes may then be out of date: send everything instead of what differs from them.
        """

    def leave_out(self, kind: Kind, entity_id: str, fields: LeftOut) -> None:
        """Notes, to be shown, what of an entity that both sides edit the provider cannot take."""

    def skip(self, step: str, reason: str) -> None:
        """Records that a step was not needed, so that an operator sees why."""


@dataclass(frozen=True)
class Push:
    """How one kind reaches the provider. ``wanted`` says whether an announced change asks for a push at all.

    ``switch``: the connection's switch that must be on for it; None for what follows from what is there
    already.
    """

    push: Callable[[Outbound], None]
    switch: str | None
    wanted: Callable[[str], bool] = lambda _entity_id: True
