"""Invoices whose lines do not say their share of the discount (before 2020-08-27) or of the tax (before
2019-05): the invoice alone does, so its amounts are divided among the lines.
"""

from collections.abc import Iterator
from typing import Any

from integrations.providers.stripe.translate.fields import Json, read_object, read_objects, read_whole

_TAXES, _DISCOUNTS = ("taxes", "tax_amounts"), ("discount_amounts",)


def divided(invoice: Json, lines: list[Json]) -> list[Json]:
    """The lines with their shares; as they are where they say them, or are not all here."""
    if read_object(invoice, "lines").get("has_more"):
        return lines
    tax = read_whole(invoice, "tax", 0)
    if invoice.get("discount") and not _say(lines, _DISCOUNTS):
        given = _sum(lines) + tax - read_whole(invoice, "total")
        lines = _with(lines, "discount_amounts", given, [_discountable(line) for line in lines])
    if tax and not _say(lines, _TAXES):
        lines = _with(lines, "tax_amounts", tax, [_net(line) for line in lines])
    return lines


def _say(lines: list[Json], names: tuple[str, ...]) -> bool:
    return any(name in line for line in lines for name in names)


def _sum(lines: list[Json]) -> int:
    return sum(read_whole(line, "amount") for line in lines)


def _discountable(line: Json) -> int:
    return max(read_whole(line, "amount"), 0) if line.get("discountable") is not False else 0


def _net(line: Json) -> int:
    given = sum(read_whole(one, "amount") for one in read_objects(line, "discount_amounts"))
    return read_whole(line, "amount") - given


def _with(lines: list[Json], name: str, amount: int, weights: list[int]) -> list[Json]:
    shares: Iterator[int] = _shares(amount, weights)
    return [{**line, name: _amounts(name, share)} for line, share in zip(lines, shares, strict=True)]


def _amounts(name: str, share: int) -> list[dict[str, Any]]:
    return [{"amount": share} | ({"inclusive": False} if name == "tax_amounts" else {})] if share else []


def _shares(amount: int, weights: list[int]) -> Iterator[int]:
    """``amount`` in proportion to the weights; none is more than its weight where the sum is not."""
    whole, seen, given = sum(weights), 0, 0
    for weight in weights:
        seen += weight
        so_far = amount * seen // whole if whole else 0
        yield so_far - given
        given = so_far
