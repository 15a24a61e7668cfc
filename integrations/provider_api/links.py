"""How a person links a row to an object that exists: what is compared, and what speaks against it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from integrations.provider_api.gateway import Json
from integrations.provider_api.merging import Place
from integrations.provider_api.outbound import NOTHING

# What operators are told to do, in the same words wherever it is said.
LINK_BY_HAND = "link the two by hand (POST /v1/mappings, or Link by hand above the list of mappings in admin)"
RELINK = "relink it (POST /v1/mappings/{id}/relink, or Relink on the mapping's page in admin)"
UNLINK = "unlink it (DELETE /v1/mappings/{id}, or Unlink on the mapping's page in admin)"


@dataclass(frozen=True)
class Marks:
    """Whose the object's metadata says that it is: an environment and a row of FlexSync, "" for nobody's."""

    environment_id: str = ""
    entity_id: str = ""


@dataclass(frozen=True)
class Comparison:
    """A row beside an object: both by the names of the provider's parameters, as Mergeable has them.

    ``problems``: by field, why the two cannot be counterparts: what neither side can change. ``notes``: what
    is noted of the mapping besides. ``shown``: what is not merged, and only shown: {field: (ours, theirs)}.
    """

    ours: Json
    theirs: Json
    problems: Mapping[str, str] = field(default_factory=dict)
    notes: Json = field(default_factory=dict)
    shown: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


class Compare(Protocol):
    """Compares the row with the object; raises Rejected for a row that the provider could not take."""

    def __call__(self, place: Place, entity_id: str, provider_object: Json, /) -> Comparison: ...


@dataclass(frozen=True)
class Linkable:
    """One kind. ``retrieve``, with ``params``: the operation that reads the object as it is now.

    ``marks``(object) -> Marks. ``asks``(row id, object) -> why money could be asked for twice once the row no
    longer has this counterpart, "" when it cannot; None where no money is asked for. ``asks_anew``(row id):
    the same where the object gets another row, None where ``asks`` says that too. ``taken``: the fields that
    mean nothing but together with the object, such as a saved payment method: the row takes them over.
    """

    retrieve: str
    compare: Compare
    marks: Callable[[Json], Marks]
    params: Json = field(default_factory=lambda: NOTHING)
    asks: Callable[[str, Json], str] | None = None
    asks_anew: Callable[[str], str] | None = None
    taken: Sequence[str] = ()
