"""The failures of a sync: one question decides each of them, would trying again help?"""

from datetime import datetime

# Begins a ``waits_for`` that also ends when a person has said whether the two are one, or has changed which
# connections bill.
LINKED, BILLED = "link:", "bill:"


class SyncError(Exception):
    """One question decides every failure: would trying again help? The message is shown to operators.

    ``waits_for``: what has to change first, as "customer:cust_..." or "import:imp_...", or to be linked or
    kept apart, as LINKED with the same, or to be billed by one connection, as BILLED: a push or an event that
    it stops goes on by itself then; "" where nobody can say.
    """

    waits_for = ""


class Retry(SyncError):
    """Not now: the network, a rate limit, or something that has to arrive first.

    ``after``: how many seconds the provider asks FlexSync to wait, None when it does not say. ``within``:
    after how many seconds an event is tried again at the latest, because what it needs is on its way.
    ``then``: what becomes of an event if that does not come, in a sentence; "" where it dies, as most do.
    """

    def __init__(
        self, message: str, *, after: float | None = None, within: float | None = None, then: str = ""
    ) -> None:
        super().__init__(message)
        self.after = after
        self.within = within
        self.then = then


class UnderWay(Retry):
    """Something that nobody can stop has to end first, such as a bank debit: until then no attempt counts."""


class Recovering(UnderWay):
    """The database was restored from a backup: nothing is sent until what it forgot is known again."""

    code = "connection_recovering"


class Throttled(Retry):
    """Too many calls, so that this one was not carried out.

    All calls of the connection wait ``after`` seconds, and none of them counts as an attempt.
    """


class Unreachable(Retry):
    """The provider does not answer, or fails by itself: if that continues, the connection is broken."""


class Unclear(Retry):
    """The answer does not say whether the call was done, so its effect ``since`` then is looked for.

    When there is none, the call is made again under ``key``, or, without a key, ``refusal`` is raised.
    """

    def __init__(
        self, message: str, *, since: datetime, key: str = "", refusal: SyncError | None = None
    ) -> None:
        super().__init__(message)
        self.since = since
        self.key = key
        self.refusal = refusal


class Rejected(SyncError):
    """Not ever, as it stands: an operator must change something first; the message says what.

    ``connection_is_broken``: the provider refused the connection itself, not this one call (a revoked key).
    All work of the connection then waits until it works again. ``param``: the parameter that the
    provider names, "" when it names none.
    """

    def __init__(self, message: str, *, connection_is_broken: bool = False, param: str = "") -> None:
        super().__init__(message)
        self.connection_is_broken = connection_is_broken
        self.param = param


class Forbidden(Rejected):
    """The credentials are not allowed to do this, whatever else they may."""


class Missing(Rejected):
    """The provider has no such object, or has it no more.

    ``object_id``: the provider's id of it, which no other object there has; "" where the answer does not say.
    ``kind``: of whose rows it would be the counterpart, "" where that is not known: an id that a caller took
    for that of another kind says nothing of the object that has it. ``was_there``: whether there was one.
    """

    def __init__(
        self, message: str, *, object_id: str = "", kind: str = "", was_there: bool = False, param: str = ""
    ) -> None:
        super().__init__(message, param=param)
        self.object_id, self.kind, self.was_there = object_id, kind, was_there


class Gone(Rejected):
    """What a push or a caller needs is gone at the provider: a person decides what becomes of it.

    ``kind`` and ``entity_id``: whose counterpart it was. ``is_left``: it was decided to leave it so.
    """

    code = "gone_at_provider"

    def __init__(self, message: str, *, kind: str, entity_id: str, is_left: bool) -> None:
        super().__init__(message)
        self.kind, self.entity_id, self.is_left = kind, entity_id, is_left
        self.waits_for = f"{kind}:{entity_id}"


class NoPaymentMethod(Rejected):
    """The provider would have to charge the customer now, who has saved no method that it could charge."""


class TooSmall(Rejected):
    """The provider takes no amount as small as that."""


class Disputed(Rejected):
    """The provider gives back nothing of a payment that the customer's bank has taken back, or may yet."""


class MappingConflict(Rejected):
    """Two rows match one object of the provider, or the reverse: nothing changes until an operator decides.

    ``parties``: the matches, each {"ours": id or "", "theirs": id or "", "because": str}.
    """

    def __init__(self, message: str, parties: list[dict[str, str]]) -> None:
        super().__init__(message)
        self.parties = parties


class InvalidSignature(SyncError):
    """The sender of a webhook could not prove who it is; nothing is stored."""
