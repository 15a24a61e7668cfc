"""Searches: what a term finds, each row with what it is called, whose it is and how it stands."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import Model

from billing.models import IdempotentRequest
from integrations.search import terms
from integrations.search.candidates import Candidate, candidates
from integrations.search.kinds import KINDS, Kind

_API_REQUEST = "api_request"
# What an answer of the API calls the row that it is about.
_NAMES = ("id", "payment_id", "sync_id")


@dataclass(frozen=True)
class Found:
    """A row: ``label`` and ``value`` say by what it was found; ``page`` is the row on whose page it is."""

    kind: str
    row: Any
    label: str
    value: str

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.row.pk)

    @property
    def name(self) -> str:
        """The kind as people call it."""
        return self._kind.label

    @property
    def title(self) -> str:
        """What people call the row."""
        if self.kind == _API_REQUEST:
            return str(self.row.method_and_path)
        return self._kind.title(self.row)

    @property
    def state(self) -> str:
        """How it stands, "" where it has no state."""
        return str(getattr(self.row, self._kind.state)) if self._kind.state else ""

    @property
    def environment(self) -> Any:
        """Whose it is."""
        path = self._kind.environment.replace("__", ".")
        return attrgetter(path)(self.row) if path else self.row

    @property
    def customer(self) -> Any:
        """The customer that it belongs to, or is; None for none."""
        if self._kind.customer == "self":
            return self.row
        return attrgetter(self._kind.customer)(self.row) if self._kind.customer else None

    @property
    def page(self) -> Model | None:
        """The row on whose page it is; None for what no page shows."""
        if self.kind == _API_REQUEST:
            return None
        page: Model = attrgetter(self._kind.page)(self.row) if self._kind.page else self.row
        return page

    @property
    def _kind(self) -> Kind:
        return KINDS[self.kind]


@dataclass(frozen=True)
class Results:
    """``found``, at most ``limit`` of each kind; ``more``: the kinds of which there are more."""

    term: str
    found: list[Found] = field(default_factory=list)
    more: frozenset[str] = frozenset()
    problem: str = ""


def search(
    text: str, *, environments: Sequence[str], kinds: Collection[str] = frozenset(KINDS), limit: int
) -> Results:
    """What ``text`` finds in the environments, of the kinds, at most ``limit`` of each.

    Takes an id of either side, an idempotency key, a request id of the provider, an invoice's number, a name
    or an e-mail address, or how one begins; or the address of a page that ends with one. Names and addresses
    are found whatever the case. It is one statement for all, and one for each kind that is found.
    """
    term = terms.cleaned(text)
    if problem := terms.problem(term):
        return Results(term, problem=problem)
    hits, many = candidates(term, environments, kinds, limit)
    hits = [*_named(term, kinds), *hits]
    by_kind: dict[str, dict[str, Candidate]] = defaultdict(dict)
    for hit in [*hits, *_made_by(hits, kinds)]:
        by_kind[hit.kind].setdefault(hit.id, hit)
    more = many | {kind for kind, ones in by_kind.items() if len(ones) > limit}
    found = [
        one for kind in KINDS if kind in by_kind for one in _loaded(kind, by_kind[kind], environments, limit)
    ]
    return Results(term, found, frozenset(more & set(by_kind)))


def _loaded(name: str, hits: dict[str, Candidate], environments: Sequence[str], limit: int) -> list[Found]:
    """The rows of one kind that are there, in the order of the hits."""
    kind, ids = KINDS[name], list(hits)[:limit]
    rows = kind.model._default_manager.filter(kind.shown, **{f"{kind.environment or 'pk'}__in": environments})
    related = [path for path in (*kind.related, kind.environment) if path]
    shown = rows.select_related(*related).defer(*kind.left_out) if related else rows
    known = {str(row.pk): row for row in shown.filter(pk__in=ids)}
    return [Found(name, known[id], hits[id].label, hits[id].value) for id in ids if id in known]


def _named(term: str, kinds: Collection[str]) -> Iterable[Candidate]:
    """The rows whose whole ids are in the term, such as the sync in an idempotency key of its calls."""
    named = _rows_in(term, kinds)
    return [Candidate(kind, id, "id in what you typed", id) for kind, id in named if id != term]


def _made_by(hits: Iterable[Candidate], kinds: Collection[str]) -> Iterable[Candidate]:
    """The rows that the API's answers to the requests name."""
    requests = {hit.id: hit for hit in hits if hit.kind == _API_REQUEST}
    if not requests:
        return
    answers = IdempotentRequest.objects.filter(pk__in=requests).values_list("pk", "answer")
    for pk, answer in answers:
        for kind, id in _rows_in(_named_in(answer), kinds):
            yield Candidate(kind, id, requests[str(pk)].label, requests[str(pk)].value)


def _named_in(answer: str | None) -> str:
    body = json.loads(answer) if answer else None
    return " ".join(str(body.get(name)) for name in _NAMES) if isinstance(body, dict) else ""


def _rows_in(text: str, kinds: Collection[str]) -> Iterable[tuple[str, str]]:
    prefixes = {KINDS[name].prefix: name for name in kinds if KINDS[name].prefix}
    return [(prefixes[prefix], id) for id, prefix in terms.own_ids(text).items() if prefix in prefixes]
