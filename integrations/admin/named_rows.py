"""Lists of what names billing's rows by kind and id: they show what people call these, not their ids."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from billing.admin.rows import ReadOnlyAdmin
from integrations.admin import entity_links


class NamedRowsAdmin(ReadOnlyAdmin):
    """Finds the names of all rows of a page of the list, with one query for each kind."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With each row's name."""
        found = super().get_changelist_instance(request)
        _find_names(found.result_list)
        return found


def row_link(one: Any) -> str:
    """Returns a link to the row of a mapping, conflict, sync or change, by its name."""
    kind, entity_id = _row(one)
    if not hasattr(one, "row_name"):
        one.row_name = entity_links.called(kind, [entity_id]).get(entity_id, "")
    return entity_links.link(kind, entity_id, one.row_name)


def _find_names(found: Iterable[Any]) -> None:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for one in found:
        kind, entity_id = _row(one)
        by_kind[kind].append(entity_id)
    names = {kind: entity_links.called(kind, ids) for kind, ids in by_kind.items()}
    for one in found:
        kind, entity_id = _row(one)
        one.row_name = names[kind].get(entity_id, "")


def _row(one: Any) -> tuple[str, str]:
    """Its kind and id; a mapping's may be that of a row whose counterpart another object is by now."""
    return one.entity_type, getattr(one, "owner_id", "") or one.entity_id
