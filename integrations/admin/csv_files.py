"""Tables as CSV files, streamed row by row."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import StreamingHttpResponse

# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """``rows``(what it is about) -> values in the order of the ``columns``. ``label``: of its link."""

    label: str
    columns: Sequence[str]
    rows: Callable[[Any], Iterable[Sequence[Any]]]


class _Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text


def response(table: Table, subject: Any) -> StreamingHttpResponse:
    """The file, named after its subject."""
    headers = {"Content-Disposition": f'attachment; filename="{subject.pk}.csv"'}
    return StreamingHttpResponse(
        _lines(table, subject), content_type="text/csv; charset=utf-8", headers=headers
    )


def _lines(table: Table, subject: Any) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(table.columns)
    for row in table.rows(subject):
        yield writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    """Text that begins like a formula is marked as text; numbers are left alone."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
