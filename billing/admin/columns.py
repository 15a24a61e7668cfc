"""Columns that many lists have: a state as a label, an amount with its currency, a link to a neighbour.

Each is made once, because Django recognizes read-only fields by identity.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator

from billing import money
from billing.admin import links
from billing.admin.labels import badge

Column = Callable[[Any], str]
SPACE = "\N{NO-BREAK SPACE}"
LONGEST_WORD = 18


def remembered(column: Column) -> Column:
    """``column`` computed once for each row: a page reads it five times to show it once."""

    @wraps(column)
    def remembering(row: Any) -> str:
        known: dict[str, str] = row.__dict__.setdefault("_remembered", {})
        if column.__name__ not in known:
            known[column.__name__] = column(row)
        return known[column.__name__]

    return remembering


@cache
def state(name: str) -> Column:
    """The field ``name`` as a coloured label."""
    return _named(name, lambda row: badge(getattr(row, name)))


@cache
def amount(name: str) -> Column:
    """The amount ``name`` (major units) as its currency writes it."""
    return _named(name, lambda row: f"{money.text(getattr(row, name), row.currency)}{SPACE}{row.currency}")


@cache
def unit_amount(name: str) -> Column:
    """The price per unit ``name`` (major units) with all the decimals that it has."""
    return _named(
        name, lambda row: f"{money.unit_text(getattr(row, name), row.currency)}{SPACE}{row.currency}"
    )


@cache
def neighbour(name: str) -> Column:
    """A link to the row that the foreign key ``name`` points at."""
    return _named(name, lambda row: links.to_row(getattr(row, name)))


@cache
def day(name: str) -> Column:
    """The date of the moment ``name``."""
    return _named(name, lambda row: date_format(getattr(row, name)) if getattr(row, name) else links.NOTHING)


@cache
def flag(name: str) -> Column:
    """A flag that is shown only when it is set."""
    return _named(name, lambda row: "yes" if getattr(row, name) else links.NOTHING)


@cache
def words(name: str) -> Column:
    """The code of the field ``name`` as words: ``bank_transfer`` is "Bank transfer"."""
    return _named(name, lambda row: in_words(getattr(row, name)) or links.NOTHING)


def in_words(code: str) -> str:
    """``code`` as a person writes it."""
    return code.replace("_", " ").capitalize()


@cache
def prose(name: str) -> Column:
    """The sentences of the field ``name``: their beginning, in lines long enough to be read."""
    return _named(name, lambda row: _long(getattr(row, name), Truncator(getattr(row, name)).chars(160)))


@cache
def shortened(name: str) -> Column:
    """The long word ``name`` by its beginning and end; the whole shows when the pointer rests on it."""
    return _named(name, lambda row: _word(getattr(row, name)))


def _long(whole: str, shown: str) -> str:
    lines = '<span class="block" style="min-width: 16rem" title="{}">{}</span>'
    return format_html(lines, whole, shown) if whole else links.NOTHING


def _word(whole: str) -> str:
    shown = whole if len(whole) <= LONGEST_WORD else f"{whole[:10]}…{whole[-6:]}"
    return (
        format_html('<span class="whitespace-nowrap" title="{}">{}</span>', whole, shown)
        if whole
        else links.NOTHING
    )


@admin.display(description="Open")
def itself(row: Any) -> str:
    """The row's own name, leading to its page: for rows shown on another row's page."""
    return links.to_row(row)


@admin.display(description="Quantity", ordering="quantity")
def quantity(row: Any) -> str:
    """The quantity without idle zeros."""
    return f"{row.quantity.normalize():f}"


def _named(name: str, column: Column) -> Column:
    column.__name__ = name
    return admin.display(description=name.replace("_", " "), ordering=name)(column)
